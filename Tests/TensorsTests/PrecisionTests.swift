import Testing

@testable import Tensors

struct PrecisionTests {
  @Test func roundsToTheNearestTiesToEven() {
    let place: Float = 1 / 256  // half of the last place at 1
    let x: [Float] = [1, 1 + place, 1 + 3 * place, 1 + 1.1 * place, -3.14159, 0, -0.0, 3e38]
    let nearest: [Float] = [1, 1, 1 + 4 * place, 1 + 2 * place, -3.140625, 0, -0.0]
    let y = Tensor(x, [8]).converted(to: .bfloat16).widened.values
    #expect(y.prefix(7).map(\.bitPattern) == nearest.map(\.bitPattern))
    #expect(y[7].bitPattern == 0x7F62_0000)
  }

  @Test func whatIsNotFiniteStaysSo() {
    let y = Tensor(
      [.infinity, -.infinity, .nan, Float(bitPattern: 0x7FFF_FFFF), .greatestFiniteMagnitude], [5]
    )
    .converted(to: .bfloat16).widened.values
    #expect(y[0] == .infinity && y[1] == -.infinity && y[2].isNaN && y[3].isNaN && y[4] == .infinity)
  }

  @Test(arguments: [1, 15, 16, 17, 1000, 40_000])
  func isOffByHalfAPlaceAtMostAndNeverTwice(count: Int) {
    let x = random([count], 3)
    let once = x.converted(to: .bfloat16).widened
    for (a, b) in zip(x.values, once.values) { #expect(abs(a - b) <= abs(a) / 256) }
    #expect(once.converted(to: .bfloat16).widened.values == once.values)
  }

  @Test func whatHasThePrecisionIsNotCopied() {
    let x = random([20], 1)
    #expect(x.widened.pointer == x.pointer)
  }

  /// Counts of the whole process, so in one of its own.
  @Test func takesHalfTheBytes() async {
    await #expect(processExitsWith: .success) {
      let before = Memory.statistics.liveBytes
      let x = random([1 << 20], 1).converted(to: .bfloat16)
      #expect(Memory.statistics.liveBytes - before == 2 << 20)
      #expect(x.shape == [1 << 20])
      let plan = Plan.rehearse { _ = Tensor([1 << 20]).converted(to: .bfloat16) }
      #expect(plan.peakBytes == Memory.statistics.liveBytes + (6 << 20))
    }
  }
}
