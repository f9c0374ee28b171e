import Objectives
import Tensors
import Testing

struct ClassTargetsTests {
  private func close(_ tensor: Tensor, _ values: [Float]) -> Bool {
    tensor.values.count == values.count && zip(tensor.values, values).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test func aClassIsOne() {
    #expect(ClassTargets(classes: 3).tensor([1, 0]).values == [0, 1, 0, 1, 0, 0])
  }

  @Test func smoothingSpreadsAShare() {
    #expect(close(ClassTargets(classes: 4, smoothing: 0.2).tensor([3]), [0.05, 0.05, 0.05, 0.85]))
  }

  @Test func mixedClipsHaveBothClasses() {
    let targets = ClassTargets(classes: 4, smoothing: 0.2).tensor([0, 2, 1], share: 0.75)
    // 0.85 · 0.75 + 0.05 · 0.25, and the other way round; the middle clip is its own partner.
    #expect(
      close(
        targets, [0.65, 0.25, 0.05, 0.05, 0.05, 0.05, 0.85, 0.05, 0.25, 0.65, 0.05, 0.05]))
  }

  @Test func clipsOfOneClassKeepIt() {
    #expect(ClassTargets(classes: 2).tensor([1, 1], share: 0.3).values == [0, 1, 0, 1])
  }
}
