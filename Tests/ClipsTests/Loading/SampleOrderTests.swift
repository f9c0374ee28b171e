import Testing

@testable import Clips

struct SampleOrderTests {
  @Test(arguments: [1, 2, 7, 100])
  func everyEpochHoldsAllClipsOnce(count: Int) {
    let order = SampleOrder(count: count, seed: 3)
    for epoch in 0..<3 {
      let samples = (epoch * count..<(epoch + 1) * count).map { order[$0] }
      #expect(samples.allSatisfy { $0.epoch == epoch })
      #expect(samples.map(\.index).sorted() == Array(0..<count))
    }
  }

  @Test func epochsAndSeedsDiffer() {
    func epoch(_ number: Int, seed: UInt64) -> [Int] {
      let order = SampleOrder(count: 50, seed: seed)
      return (0..<50).map { order[number * 50 + $0].index }
    }
    #expect(epoch(0, seed: 1) != epoch(1, seed: 1))
    #expect(epoch(0, seed: 1) != epoch(0, seed: 2))
  }

  @Test func replacementsReachEveryClip() {
    let order = SampleOrder(count: 23, seed: 5)
    let tried = Set((1...23 + drawnReplacements).map { order.replacement(at: 4, attempt: $0) })
    #expect(tried == Set(0..<23))
  }
}
