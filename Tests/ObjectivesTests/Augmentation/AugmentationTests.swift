import Objectives
import Tensors
import Testing

struct AugmentationTests {
  private let targets = ClassTargets(classes: 3, smoothing: 0.1)

  private func all(erase: Double = 0.5, mixup: Double = 0.8, cutmix: Double = 1) -> Augmentation {
    Augmentation(
      mirroring: Mirroring(probability: 0.5, mirrored: [1, 0, nil]),
      erasing: RandomErasing(
        probability: erase, filling: .noise, means: [0, 0.1, 0.2], deviations: [1, 2, 3]),
      mixing: ClipMixing(mixup: mixup, cutmix: cutmix), targets: targets)
  }

  private func clips(_ count: Int, _ size: Int = 12) -> Tensor {
    let clips = Tensor([count, 3, 2, size, size + 5])
    clips.fillGaussian(seed: 1, purpose: .check, step: 0)
    return clips
  }

  @Test func nothingIsDoneByDefault() {
    let clips = clips(2)
    let (same, soft) = Augmentation(targets: ClassTargets(classes: 3)).augmented(
      clips, classes: [2, 0], at: Position(seed: 1, step: 0))
    #expect(same.pointer == clips.pointer && soft.values == [0, 0, 1, 1, 0, 0])
  }

  @Test func givenClipsStayAsTheyAre() {
    let clips = clips(4)
    let before = clips.values
    let (after, _) = all(erase: 1).augmented(clips, classes: [0, 1, 2, 0], at: Position(seed: 1, step: 0))
    #expect(clips.values == before && after.values != before)
  }

  @Test(arguments: 0..<8)
  func bitsDoNotDependOnThreads(step: Int) {
    let clips = clips(5, 40)
    let results = [1, 3].map { threads in
      Parallel.withThreads(threads) {
        all().augmented(clips, classes: [0, 1, 2, 0, 1], at: Position(seed: 3, step: step))
      }
    }
    #expect(results[0].clips.values == results[1].clips.values)
    #expect(results[0].targets.values == results[1].targets.values)
  }

  @Test(arguments: 1...5)
  func targetsAreDistributions(count: Int) {
    for step in 0..<20 {
      let classes = (0..<count).map { $0 % 3 }
      let (_, soft) = all().augmented(clips(count), classes: classes, at: Position(seed: 3, step: step))
      #expect(soft.shape == [count, 3])
      for clip in 0..<count {
        let row = soft.values[3 * clip..<3 * clip + 3]
        #expect(abs(row.reduce(0, +) - 1) < 1e-6 && row.allSatisfy { $0 >= 0 })
      }
    }
  }

  @Test func aPassInPartsIsTheWholeOneWithoutMixing() {
    let (clips, classes) = (clips(6), [0, 1, 2, 0, 1, 2])
    let augmentation = all(mixup: 0, cutmix: 0)
    let whole = augmentation.augmented(clips, classes: classes, at: Position(seed: 3, step: 4))
    let half = clips.count / 2
    let parts = [0, 3].map { first in
      augmentation.augmented(
        clips.view(at: first / 3 * half, [3] + clips.shape[1...]), classes: Array(classes[first..<first + 3]),
        at: Position(seed: 3, step: 4, firstSample: first))
    }
    #expect(parts.flatMap(\.clips.values) == whole.clips.values)
    #expect(parts.flatMap(\.targets.values) == whole.targets.values)
  }

  @Test func aMirroredClipIsOfTheOtherClass() {
    let augmentation = Augmentation(
      mirroring: Mirroring(probability: 1, mirrored: [1, 0, nil]), targets: ClassTargets(classes: 3))
    let clips = Tensor((0..<6).flatMap { [Float($0), Float($0) + 0.5] }, [3, 1, 1, 2, 2])
    let (after, soft) = augmentation.augmented(clips, classes: [0, 1, 2], at: Position(seed: 1, step: 0))
    #expect(after.values == [0.5, 0, 1.5, 1, 2.5, 2, 3.5, 3, 4, 4.5, 5, 5.5])
    #expect(soft.values == [0, 1, 0, 1, 0, 0, 0, 0, 1])
  }

  @Test func aRehearsalDoesTheSameWithoutFloats() {
    let plan = Plan.rehearse {
      let clips = Tensor([3, 3, 2, 8, 8])
      _ = all().augmented(clips, classes: [0, 1, 2], at: Position(seed: 1, step: 0))
    }
    #expect(plan.peakBytes >= 2 * 4 * 3 * 3 * 2 * 64)
  }
}
