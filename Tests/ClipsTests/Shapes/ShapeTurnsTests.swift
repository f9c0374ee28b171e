import Testing

@testable import Clips

struct ShapeTurnsTests {
  /// Turns of shapes that are all learned from in the whole run.
  private func turns(_ shares: [Double], seed: UInt64) -> ShapeTurns {
    ShapeTurns(ShapePhases(shares.map { _ in 0..<Int.max }, shares: shares), seed: seed)
  }

  @Test func aFifthIsTwoOfEveryTenStepsAtChangingPlaces() {
    for seed: UInt64 in 0..<5 {
      let turns = self.turns([0.8, 0.2], seed: seed)
      let places = (0..<40).map { block in (0..<10).filter { turns[10 * block + $0].shape == 1 } }
      #expect(places.allSatisfy { $0.count == 2 })
      #expect(Set(places).count > 10)
    }
    func first(_ seed: UInt64) -> [Int] {
      (0..<100).map { self.turns([0.5, 0.5], seed: seed)[$0].shape }
    }
    #expect(first(1) == first(1) && first(1) != first(2))
  }

  @Test(arguments: [
    [1], [3, 1], [0.7, 0.2, 0.1], [1, 1, 1], [0.001, 0.999], [5, 0.3, 0.3, 2, 0.01],
    Array(repeating: 1, count: 16),
  ])
  func everyTurnComesOnceAndSharesAreKept(shares: [Double]) {
    let turns = self.turns(shares, seed: 7)
    let sum = shares.reduce(0, +)
    var counts = Array(repeating: 0, count: shares.count)
    for step in 0..<2_000 {
      let (shape, turn) = turns[step]
      #expect(turn == counts[shape], "step \(step)")
      counts[shape] += 1
      guard step % PhaseTurns.block == PhaseTurns.block - 1 else { continue }
      for (share, count) in zip(shares, counts) {
        #expect(abs(Double(count) - share / sum * Double(step + 1)) < 2.1, "after \(step + 1) steps")
      }
    }
  }

  @Test func aStepFarAwayIsFoundAtOnce() {
    let turns = self.turns([0.62, 0.3, 0.08], seed: 3)
    var next: [Int?] = [nil, nil, nil]
    for step in 1_000_000_000..<1_000_000_500 {
      let (shape, turn) = turns[step]
      #expect(next[shape] == nil || next[shape] == turn)
      next[shape] = turn + 1
    }
    #expect(abs(Double(next[2]!) / 1_000_000_500 - 0.08) < 1e-6)
  }

  @Test func oneShapeHasAllSteps() {
    let turns = self.turns([0.3], seed: 3)
    #expect((0..<30).allSatisfy { turns[$0] == (0, $0) })
  }
}
