import Testing

@testable import Clips

/// Shapes that are learned from in a part of the run.
struct ShapePhasesTests {
  /// Pictures, then five frames beside them, then nine frames alone but for a stretch of the fourth shape.
  private static let spans = [0..<137, 60..<205, 205..<Int.max, 300..<400]
  private static let shares = [0.2, 0.8, 3, 1]
  private static let phases = ShapePhases(spans, shares: shares)

  @Test func aPhaseBeginsWhereAShapeBeginsOrEnds() {
    let phases = Self.phases.phases
    #expect(phases.map(\.start) == [0, 60, 137, 205, 300, 400])
    #expect(phases.map(\.shapes) == [[0], [0, 1], [1], [2], [2, 3], [2]])
    let batches = zip(Self.spans, Self.shares).map { span, share in
      BatchShape(
        ClipShape(frames: 1, height: 8, width: 8, frameRate: 8), clips: 1, tokens: 1, share: share,
        steps: span)
    }
    #expect(ShapePhases(batches).phases == phases)
  }

  @Test(arguments: [UInt64(1), 7, 12])
  func turnsGoOnWithoutAGapAndSharesHoldInEachPhase(seed: UInt64) {
    let turns = ShapeTurns(Self.phases, seed: seed)
    var counts = [0, 0, 0, 0]
    var atStart = counts
    let starts = Self.phases.phases.map(\.start)
    for step in 0..<1_000 {
      if starts.contains(step) { atStart = counts }
      let (shape, turn) = turns[step]
      #expect(turn == counts[shape] && Self.spans[shape].contains(step), "step \(step)")
      counts[shape] += 1
      let phase = Self.phases.phases.last { $0.start <= step }!
      let done = step + 1 - phase.start
      guard done % PhaseTurns.block == 0 else { continue }
      let sum = phase.shapes.reduce(0) { $0 + Self.shares[$1] }
      for shape in phase.shapes {
        let expected = Self.shares[shape] / sum * Double(done)
        #expect(abs(Double(counts[shape] - atStart[shape]) - expected) < 2.1, "step \(step)")
      }
    }
  }

  /// What is done before a mark does not depend on what comes after it.
  @Test func aLaterPhaseChangesNothingBefore() {
    let (all, some) = ([0..<Int.max, 0..<Int.max, 50..<Int.max], [0..<Int.max, 0..<Int.max])
    let turns = ShapeTurns(ShapePhases(all, shares: [1, 2, 1]), seed: 3)
    let before = ShapeTurns(ShapePhases(some, shares: [1, 2]), seed: 3)
    #expect((0..<50).allSatisfy { turns[$0] == before[$0] })
    #expect((50..<70).contains { turns[$0].shape == 2 })
  }

  @Test func aStepFarAwayIsFoundAtOnceAndTheLastPhaseHasNoEnd() {
    let far = ShapePhases([0..<1_000_000_003, 999_999_990..<2_000_000_000], shares: [1, 1])
    let turns = ShapeTurns(far, seed: 5)
    func expect(_ step: Int, _ shape: Int, turn: Int) {
      let found = turns[step]
      #expect(found.shape == shape && found.turn == turn, "step \(step): \(found)")
    }
    expect(999_999_989, 0, turn: 999_999_989)
    let earlier = (999_999_990..<1_000_000_003).count { turns[$0].shape == 1 }
    expect(1_000_000_003, 1, turn: earlier)
    expect(1_500_000_000, 1, turn: earlier + 499_999_997)
    // Clips are decoded beyond the end of a run.
    expect(2_000_000_010, 1, turn: earlier + 1_000_000_007)
  }

  @Test func sharesOfARunAreThoseOfItsSteps() {
    let found = Self.phases.shares(of: 500)
    let turns = ShapeTurns(Self.phases, seed: 2)
    for shape in found.indices {
      let steps = (0..<500).count { turns[$0].shape == shape }
      #expect(abs(found[shape] * 500 - Double(steps)) < 3, "\(shape)")
    }
    #expect(abs(found.reduce(0, +) - 1) < 1e-12)
    #expect(Self.phases.shares(of: 60) == [1, 0, 0, 0])
    #expect(ShapePhases([0..<Int.max, 0..<Int.max], shares: [3, 1]).shares(of: 7) == [0.75, 0.25])
  }

  @Test func stepsWithoutAShapeAreFound() {
    func gaps(_ spans: Range<Int>...) -> [Range<Int>] { ShapePhases.gaps(between: spans, in: 100) }
    #expect(gaps(0..<Int.max) == [] && gaps(50..<Int.max, 0..<50) == [])
    #expect(gaps(10..<20, 15..<90) == [0..<10, 90..<100])
    #expect(gaps(0..<50, 10..<20, 60..<61, 99..<Int.max) == [50..<60, 61..<99])
    #expect(gaps(200..<Int.max) == [0..<100] && gaps() == [0..<100])
    #expect(ShapePhases.inWords(3..<4) == "step 3" && ShapePhases.inWords(0..<3000) == "steps 0 to 2999")
    #expect(ShapePhases.part(0..<Int.max, of: 100) == nil && ShapePhases.part(0..<100, of: 100) == nil)
    #expect(ShapePhases.part(7..<Int.max, of: 100) == 7..<100)
  }

  @Test func aTrialReadsStepsOfTheWholeRun() {
    let steps = (0..<100).map { ClipTrial.spread($0, over: 1_000) }
    #expect(steps[0] == 0 && Set(steps).count == 100 && steps.allSatisfy { (0..<1_000).contains($0) })
    for part in 0..<10 { #expect((9...11).contains(steps.count { $0 / 100 == part })) }
  }
}
