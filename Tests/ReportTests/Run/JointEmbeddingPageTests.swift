import Foundation
import Testing

@testable import Report

/// The page of a run whose loss does not tell which checkpoint is best.
struct JointEmbeddingPageTests {
  @Test func featuresHaveChartsAndTheBestIsMarkedByThem() throws {
    let run = try MadeUpRun(steps: 0)
    let looks = [(100, 0.5, 2.5, 0.9), (200, 0.4, 3.5, 0.6), (300, 0.3, 3, 0.7)].map {
      step, loss, rank, choice in
      #"{"step":\#(step),"heldOut":{"1 × 1.0 × 0.5":\#(loss)},"heldOutLoss":\#(loss),"heldOutChoice":\#(choice),"#
        + #""heldOut: features":{"rank":\#(rank),"probe":\#(1 - choice)}}"#
    }
    try run.write(looks.joined(separator: "\n") + "\n", to: "metrics.jsonl")
    let page = try run.page()
    for words in [
      "<h2>Held-out clips: features</h2>", ">rank</text>", ">probe</text>", "best at step 200",
      "<dd>step 200</dd>",
    ] { #expect(page.contains(words), "\(words)") }
    #expect(!page.contains("Least held-out loss") && !page.contains("least at step"))
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
  }
}
