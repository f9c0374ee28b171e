import Foundation
import Testing

@testable import Report

struct FinetunePageTests {
  private func run(_ looks: [String] = MadeUpLooks.usual) throws -> MadeUpRun {
    let run = try MadeUpRun(steps: 0)
    let steps = (1...60).map { #"{"step":\#($0),"loss":1.5,"gradientNorm":1}"# }
    try run.write((looks + steps).joined(separator: "\n") + "\n", to: "metrics.jsonl")
    try run.write(
      #"{"start":{"from":"Checkpoints/a<b","method":"lora"},"training":{"steps":60}}"#, to: "recipe.json")
    return run
  }

  @Test func theTableTheCurvesAndTheBestStepAreThere() throws {
    let run = try run()
    try run.keepCheckpoint("best/step-00000040.h5")
    let page = try run.page()
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
    for words in [
      "<h2>What fine-tuning did</h2>", "From Checkpoints/a&lt;b, method lora.",
      "<td class=\"number\">1.25000</td>",
      "<td class=\"number\">-37.5 %</td>", ">Weights moved by 4 % of their size",
      "at step 40: best/step-00000040.h5 has that checkpoint.</p>", ">new clips</text>",
      ">the base&#39;s clips</text>",
      ">least at step 40</text>", "<dt>Least held-out loss</dt><dd>1 at step 40</dd>",
      ">By block after step 60<",
      "<td>blocks.1</td>", "<td class=\"number\">2.5 %</td>",
    ] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(!page.contains("class=\"remark\""))
  }

  @Test func warningsAreSentences() throws {
    let page = try run(MadeUpLooks.usual + [MadeUpLooks.line(80, new: 1.25, base: 1.5)]).page()
    #expect(
      page.contains("<p class=\"remark\">The model forgets: its loss on the base&#39;s clips rose by 50 %; "))
    #expect(page.contains("or mix old clips in.</p>"))
  }

  @Test func aRunWithoutABaseTellsNothingOfFinetuning() throws {
    let page = try MadeUpRun().page()
    for words in ["What fine-tuning did", "the base", "Weight change", "Changed on the way"] {
      #expect(!page.contains(words), "\(words)")
    }
    #expect(page.contains(">least at step 1200</text>"))
  }

  @Test func aRunThatHasOnlyLookedOnceHasAPage() throws {
    let page = try run([MadeUpLooks.usual[0]]).page()
    #expect(page.contains("What fine-tuning did") && !page.contains("least at step"))
    #expect(!page.contains("before (step 0)") && !page.contains("nan"))
  }

  @Test func fewBlocksHaveALineEach() throws {
    let page = try run().page()
    for block in ["blocks.0", "blocks.1", "head"] {
      #expect(page.contains("class=\"name\"") && page.contains(">\(block)</text>"))
    }
    #expect(page.contains("A line a block.") && page.contains("<details open>"))
  }

  @Test func manyBlocksHaveThreeNames() throws {
    func look(_ step: Int) -> String {
      let changes = (0..<48).map { "\"blocks.\($0)\":\(Double($0 + 1) * Double(step) / 10_000)" }
      return #"{"step":\#(step),"weightChange":{"# + changes.joined(separator: ",") + "}}"
    }
    let page = try run([look(0), look(30), look(60)]).page()
    let named = (0..<48).filter { page.contains(">blocks.\($0)</text>") }
    #expect(named == [0, 24, 47])
    #expect(page.components(separatedBy: "class=\"line faint\"").count - 1 >= 45)
    #expect((0..<48).allSatisfy { page.contains("<td>blocks.\($0)</td>") })
    #expect(page.contains("<div style=\"width:100%\">") && !page.contains("<details open>"))
    // The words under the pointer are of the named ones.
    #expect(!page.contains("\nblocks.5: "))
    #expect(page.contains("\nblocks.24: "))
  }

  @Test func changesAreMarkedAndListed() throws {
    let page = try run(
      MadeUpLooks.usual + [#"{"step":30,"changed":["optimizer.learningRate: 1 (was <2>)"]}"#]
    ).page()
    #expect(page.contains("<td>30</td><td>optimizer.learningRate: 1 (was &lt;2&gt;)</td>"))
    // In the charts of the loss, of both kinds of clips, of weights, and by noise level.
    #expect(page.components(separatedBy: ">changed at step 30</text>").count == 5)
  }

  @Test func otherConditionsAreNotCalledNoiseLevels() throws {
    let page = try run([#"{"step":5,"heldOut":{"masked":1.5},"heldOutLoss":1.5}"#]).page()
    #expect(page.contains("<h2>Held-out loss</h2>") && !page.contains("noise"))
    #expect(page.contains(">masked</text>") && !page.contains(">mean</text>"))
  }
}
