import SyntheticClips
import TestClips
import Testing

@testable import Clips

struct BalancedOrderTests {
  /// 1 clip of class 4, 2 of class 0 and 7 of class 9, mixed.
  private let classes = [9, 0, 9, 9, 4, 9, 0, 9, 9, 9]

  @Test func everyEpochHasEachClassAsOften() {
    let order = BalancedOrder(classes: classes, seed: 3)
    #expect(order.perEpoch == 4 && order.epochLength == 12)
    for epoch in 0..<5 {
      let samples = (epoch * 12..<(epoch + 1) * 12).map { order[$0] }
      #expect(samples.allSatisfy { $0.epoch == epoch })
      for number in [0, 4, 9] { #expect(samples.count { classes[$0.index] == number } == 4) }
    }
  }

  @Test func aClassShowsAllItsClipsBeforeAnyComesAgain() {
    let order = BalancedOrder(classes: classes, seed: 3)
    // In seven epochs each class is shown 28 times: 28, 14 and 4 times all of its clips.
    let shown = (0..<7 * 12).map { order[$0].index }
    for clip in classes.indices {
      #expect(shown.count { $0 == clip } == [4: 28, 0: 14, 9: 4][classes[clip]])
    }
  }

  @Test func equalClassesAreShownAsWithoutBalance() {
    let order = BalancedOrder(classes: [0, 1, 0, 1, 2, 2], seed: 3)
    for epoch in 0..<3 {
      #expect((epoch * 6..<(epoch + 1) * 6).map { order[$0].index }.sorted() == Array(0..<6))
    }
  }

  @Test func epochsSeedsAndClassesDiffer() {
    func epoch(_ number: Int, seed: UInt64) -> [Int] {
      let order = BalancedOrder(classes: (0..<50).map { $0 % 5 }, seed: seed)
      return (0..<50).map { order[number * 50 + $0].index }
    }
    #expect(epoch(0, seed: 1) != epoch(1, seed: 1) && epoch(0, seed: 1) != epoch(0, seed: 2))
    #expect(epoch(0, seed: 1) == epoch(0, seed: 1))
    let rounds = (0..<5).map { number in epoch(0, seed: 1).filter { $0 % 5 == number }.map { $0 / 5 } }
    #expect(Set(rounds).count > 1)
  }

  @Test func replacementsAreOfTheSameClassFirst() {
    let order = BalancedOrder(classes: classes, seed: 5)
    for position in 0..<12 {
      let number = classes[order[position].index]
      let members = classes.count { $0 == number }
      let tried = (1..<classes.count + drawnReplacements).map { order.replacement(at: position, attempt: $0) }
      #expect(tried.prefix(drawnReplacements - 1 + members).allSatisfy { classes[$0] == number })
      #expect(Set(tried) == Set(classes.indices))
    }
  }

  @Test func batchesFollowIt() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, width: 16, height: 16))
    let manifest = try set.manifest()
    let classes = manifest.indices.map { $0 == 0 ? 1 : 0 }
    func shown(workers: Int) throws -> [String] {
      let loader = BatchLoader(
        manifest, shape: ClipShape(frames: 2, height: 16, width: 16, frameRate: 8), batch: 4,
        classes: classes,
        seed: 2, workers: workers)
      return try (0..<6).flatMap { _ in try loader.next().examples.names }
    }
    let names = try shown(workers: 1)
    let order = BalancedOrder(classes: classes, seed: 2)
    #expect(names == (0..<24).map { manifest[order[$0].index].name })
    #expect(try shown(workers: 3) == names)
  }
}
