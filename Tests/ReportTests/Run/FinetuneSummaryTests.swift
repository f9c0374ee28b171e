import Foundation
import Testing

@testable import Report

struct FinetuneSummaryTests {
  @Test func theTableTellsBeforeLeastAndAfter() throws {
    let summary = try #require(MadeUpLooks.summary(MadeUpLooks.usual))
    #expect(
      summary.table?.rows == [
        ["new clips", "2.00000", "1.00000", "40", "1.25000", "-37.5 %"],
        ["the base's clips", "1.00000", "1.00000", "0", "1.15000", "+15.0 %"],
      ])
    #expect(
      summary.table?.columns
        == ["held-out loss", "before (step 0)", "least", "at step", "after (step 60)", "change"])
    #expect(
      summary.movement
        == "weights moved by 4 % of their size (median of 3 blocks; least 2.5 %, most 12 % in head)")
    #expect(summary.warnings.isEmpty)
    #expect(
      summary.text(in: "Checkpoints/x").hasSuffix(
        "\nthe least held-out loss was at step 40: Checkpoints/x/best/step-00000040.h5 has that checkpoint"))
  }

  @Test func theBestCheckpointIsNamedWhereItIsNotTheLast() throws {
    #expect(try #require(MadeUpLooks.summary(Array(MadeUpLooks.usual.prefix(3)))).bestStep() == nil)
    let lost = try #require(
      MadeUpLooks.summary(MadeUpLooks.usual, checkpoints: [60: "checkpoints/step-00000060.h5"]))
    #expect(
      lost.bestStep()
        == "the least held-out loss was at step 40, and its checkpoint is not kept; from when evaluation.keepBest is set, the best one is"
    )
  }

  @Test func aLossThatIsNotFiniteIsADash() throws {
    let lines = [MadeUpLooks.usual[0], MadeUpLooks.line(20, base: 1.5)]
    let row = try #require(MadeUpLooks.summary(lines)?.table?.rows.first)
    #expect(row == ["new clips", "2.00000", "2.00000", "0", "–", "–"])
  }

  @Test(arguments: [(1.001, "+0.1 %"), (1.0003, "0.0 %"), (0.9997, "0.0 %"), (0.998, "-0.2 %")])
  func aChangeThatRoundsToNothingHasNoSign(after: Double, words: String) throws {
    let lines = [MadeUpLooks.line(0, new: 1), MadeUpLooks.line(9, new: after)]
    #expect(try #require(MadeUpLooks.summary(lines)?.table?.rows.first?.last) == words)
  }

  @Test func changesBeyondTheWeightsSizeHaveTheirDigits() {
    #expect(FinetuneSummary.percent(BlockChange(block: "a", relative: 1.153)) == "115 %")
  }

  @Test func withoutALookBeforeOrAfterThereIsNothingToCompare() {
    #expect(MadeUpLooks.summary([]) == nil)
    #expect(MadeUpLooks.summary([MadeUpLooks.usual[0]]) == nil)
    #expect(MadeUpLooks.summary(Array(MadeUpLooks.usual.dropFirst())) == nil)
  }

  @Test func withoutHeldOutClipsTheWeightsAreTold() throws {
    let lines = [MadeUpLooks.line(0, weights: ["a": 0]), MadeUpLooks.line(9, weights: ["a": 0.3])]
    let summary = try #require(MadeUpLooks.summary(lines))
    #expect(summary.table == nil && summary.bestStep() == nil)
    #expect(
      summary.text(in: "x")
        == "weights moved by 30 % of their size (median of 1 block; least 30 %, most 30 % in a)")
  }
}

struct FinetuneWarningTests {
  private func warnings(
    new: Double = 1.99, base: Double = 1, weights: KeyValuePairs<String, Double>, method: String = "lora"
  ) throws -> [String] {
    try #require(
      MadeUpLooks.summary(
        [MadeUpLooks.line(0, new: 2, base: 1), MadeUpLooks.line(60, new: new, base: base, weights: weights)],
        recipe: #"{"start":{"method":"\#(method)"}}"#)
    ).warnings
  }

  @Test func weightsThatHardlyMovedAreSaid() throws {
    #expect(
      try warnings(weights: ["a": 0.0001]) == [
        "the adapter has hardly any effect: weights moved by 0.01 %; raise the learning rate, rank or steps"
      ])
    #expect(
      try warnings(weights: ["a": 0.0001], method: "full") == [
        "training has hardly any effect: weights moved by 0.01 %; raise the learning rate or steps"
      ])
    #expect(try warnings(weights: ["a": 0.00099]).count == 1)
  }

  @Test func weightsThatMovedEnoughAreNot() throws {
    #expect(try warnings(weights: ["a": 0.001]) == [])
    // One block that moved, or a loss that did, is an effect.
    #expect(try warnings(weights: ["a": 0.0001, "b": 0.0001, "head": 0.01]) == [])
    #expect(try warnings(new: 1.9, weights: ["a": 0.0001]) == [])
  }

  @Test func forgettingIsSaidBeyondAFifth() throws {
    #expect(
      try warnings(base: 1.35, weights: ["a": 0.1]) == [
        "the model forgets: its loss on the base's clips rose by 35 %; lower the learning rate, train fewer steps, "
          + "or mix old clips in"
      ])
    #expect(try warnings(base: 1.2, weights: ["a": 0.1]) == [])
    #expect(try warnings(base: 1.21, weights: ["a": 0.1]).count == 1)
    #expect(try warnings(base: 0.5, weights: ["a": 0.1]) == [])
  }

  @Test func aBaseThatWasNeverBeatenIsSaid() throws {
    let words = try warnings(new: 2.5, weights: ["a": 0.1])
    #expect(
      words.count == 1
        && words[0].hasPrefix("no step had a lower loss on the new clips than the base itself: "))
    // Not both to raise and to lower the learning rate.
    #expect(
      try warnings(new: 2.001, weights: ["a": 0.0001])[0].hasPrefix("the adapter has hardly any effect"))
    #expect(try warnings(new: 2.001, weights: ["a": 0.0001]).count == 1)
  }
}

struct FinetuneResumeTests {
  /// What a stopped run has lost it tells again, from its checkpoint on.
  @Test func aRunThatWasStoppedTellsTheSameAsOneInOneGo() throws {
    let whole = try MadeUpRun(steps: 0), halves = try MadeUpRun(steps: 0)
    let recipe = #"{"start":{"from":"old","method":"lora"},"training":{"steps":60}}"#
    let looks = MadeUpLooks.usual
    try whole.write(looks.joined(separator: "\n") + "\n", to: "metrics.jsonl")
    try halves.write(
      (looks.prefix(2) + [MadeUpLooks.line(40, new: 9, base: 9, weights: ["head": 9])] + looks.suffix(2))
        .joined(separator: "\n") + "\n", to: "metrics.jsonl")
    let texts = try [whole, halves].map { run in
      try run.write(recipe, to: "recipe.json")
      try run.keepCheckpoint("best/step-00000040.h5")
      return try #require(RunReport(folder: run.folder).finetuning).text(in: "run")
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0].contains("run/best/step-00000040.h5"))
    #expect(try RunReport(folder: whole.folder).finetuning == RunReport(folder: halves.folder).finetuning)
  }
}
