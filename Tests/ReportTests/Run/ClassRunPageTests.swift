import Foundation
import Testing

@testable import Report

/// The page of a run that learns classes.
struct ClassRunPageTests {
  private func run() throws -> MadeUpRun {
    let run = try MadeUpRun(steps: 0)
    let looks = [(100, 0.25, 1.5), (200, 0.6, 0.9), (300, 0.75, 1.1)].map { step, top, loss in
      #"{"step":\#(step),"heldOut":{"top 1":\#(top),"top 5":0.9,"mean class":0.5,"calibration error":0.1},"#
        + #""heldOutLoss":\#(loss),"heldOutLossName":"cross entropy"}"#
    }
    try run.write(looks.joined(separator: "\n") + "\n", to: "metrics.jsonl")
    return run
  }

  @Test func sharesAndTheLossHaveChartsOfTheirOwn() throws {
    let run = try run()
    let page = try run.page()
    #expect(page.contains("<h2>Classes of held-out clips</h2>") && !page.contains("<h2>Held-out loss"))
    for words in [
      "share of clips, %", "the least cross entropy", ">top 1</text>", ">mean class</text>",
      ">calibration error</text>", ">cross entropy</text>", "least at step 200", "<dd>75.0 %</dd>",
    ] { #expect(page.contains(words), "\(words)") }
    // Shares are no parts of the loss: there is no mean of them.
    #expect(!page.contains(">mean</text>"))
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
  }

  @Test func lossesAreShownAsEver() throws {
    let page = try MadeUpRun(steps: 200).page()
    #expect(page.contains("<h2>Held-out loss by noise level</h2>") && !page.contains("Top 1"))
  }
}
