import Clips
import Manifests
import Objectives
import Tensors
import Testing

@testable import Evaluation

/// All that an evaluation says, number by number.
private struct Words: Equatable {
  let figures: [String], numbers: [UInt64?], predictions: [[UInt64]]?, clips: [String]?, remarks: [String]

  init(_ evaluation: Evaluation) {
    figures = evaluation.figures.map(\.name)
    numbers =
      evaluation.figures.map(\.value.bitPattern)
      + [evaluation.loss?.bitPattern, evaluation.choice?.bitPattern]
    predictions = evaluation.predictions?.probabilities.map { $0.map(\.bitPattern) }
    clips = evaluation.predictions?.entries.map(\.name)
    remarks = evaluation.remarks
  }
}

/// Looks that ranks share give what one process gives, to the bit.
struct SharedLookTests {
  /// Nine clips, two of which have no class that is known.
  private static let clips = try! GreyClips(
    (0..<9).map { clip in
      let label = clip == 4 ? nil : ["dark", "middling", "bright", "green"][clip == 7 ? 3 : clip % 3]
      return ("\(clip).mp4", UInt8(10 + 23 * clip), UInt8(240 - 17 * clip), label)
    })

  private func reader(_ limit: Int = .max) throws -> ClipReader {
    try ClipReader(Self.clips.manifest(), shape: Self.clips.shape, limit: limit)
  }

  private static func evaluators(batch: Int) -> [any Evaluator] {
    [
      HeldOutLoss(NoisyBrightness(), batch: batch),
      HeldOutLoss(NoisyBrightness(), batch: batch, choosesBest: false),
      TopAccuracy(BrightnessScorer(), batch: batch),
      FeatureStatistics(batch: batch) { $0.reshaped([$0.count / 16, 16]) },
      ReconstructionQuality(Darker(factor: 0.9), batch: batch, choosesBest: true),
    ]
  }

  /// Nine clips are five batches of two, and three of four: more than some numbers of ranks, fewer than others, and
  /// multiples of none. Two clips are fewer than most.
  @Test(arguments: [(9, 2), (9, 4), (9, 1), (2, 1), (1, 4)])
  func figuresAreThoseOfOneProcess(clips: Int, batch: Int) throws {
    let reader = try reader(clips)
    for evaluator in Self.evaluators(batch: batch) {
      let alone = Words(evaluator.run(reader))
      #expect(alone.numbers.count > 3)
      for count in [1, 2, 3, 5] {
        let shared = Ranks.run(count) { look in evaluator.run(reader, shared: look, goesOn: { true }) }
        #expect(
          shared.map { $0.map(Words.init) } == Array(repeating: alone, count: count),
          "\(alone.figures) of \(count) ranks")
      }
    }
  }

  @Test func eachRankMakesPassesOfItsOwn() throws {
    let reader = try reader()
    let passes = Ranks.run(3) { look in
      var passes = 0
      _ = ReconstructionQuality(Darker(factor: 1), batch: 2).run(reader, shared: look) {
        passes += 1
        return true
      }
      return passes
    }
    #expect(passes == [1, 2, 2])
  }

  @Test(arguments: [2, 3, 5]) func aStopOnOneRankStopsAll(count: Int) throws {
    let reader = try reader()
    for evaluator in Self.evaluators(batch: 1) {
      for stopped in 0..<count {
        let evaluations = Ranks.run(count) { look in
          var passes = 0
          return evaluator.run(reader, shared: look) {
            passes += 1
            // Rank 2 is stopped in its second pass, the others before their first.
            return look.rank != stopped || stopped == 2 && passes < 2
          }
        }
        #expect(evaluations.allSatisfy { $0 == nil }, "rank \(stopped) of \(count)")
      }
    }
  }

  /// Ranks come together as often in a look that was stopped as in one that was not, so that the next one is whole.
  @Test func aLookThatWasStoppedLeavesNothingBehind() throws {
    let reader = try reader()
    let evaluators = Self.evaluators(batch: 2)
    let shared = Ranks.run(3) { look in
      evaluators.map { evaluator in
        let stopped = evaluator.run(reader, shared: look) { look.rank != 1 }
        let whole = evaluator.run(reader, shared: look, goesOn: { true })
        return stopped == nil ? whole.map(Words.init) : nil
      }
    }
    for words in shared { #expect(words == evaluators.map { Words($0.run(reader)) }) }
  }

  @Test func theLossIsTheMeanOverClipsInTheirOrder() throws {
    let (reader, objective) = (try reader(), NoisyBrightness())
    let evaluation = HeldOutLoss(objective, batch: 4).run(reader)
    for (condition, figure) in evaluation.figures.enumerated() {
      var sum = 0.0
      for first in [0, 4, 8] {
        let losses = objective.heldOutLosses(
          reader.examples(first..<min(9, first + 4)), condition: condition,
          at: Position(seed: HeldOutLoss.seed, step: 0, firstSample: first))
        for loss in losses { sum += loss }
      }
      #expect(figure.value == sum / 9)
    }
  }

  @Test func whatIsNotANumberStaysSo() throws {
    let reader = try reader()
    let broken = FeatureStatistics(batch: 2) { clips in
      let rows = clips.reshaped([clips.count / 16, 16]).copied()
      rows.pointer[3] = .nan
      return rows
    }
    let alone = Words(broken.run(reader))
    let shared = Ranks.run(2) { Words(broken.run(reader, shared: $0, goesOn: { true })!) }
    #expect(shared == [alone, alone])
    #expect(broken.run(reader).figures[1].value.isNaN)
  }
}
