import Foundation
import Testing

@testable import Report

struct SamplePairTests {
  private func clip(_ index: Int, _ prompt: String?, _ words: String) -> SampleSet.Clip {
    SampleSet.Clip(index: index, prompt: prompt, format: .mp4, data: Data(words.utf8))
  }

  @Test func promptsArePairedByTheirWords() {
    let base = [clip(0, "a", "base 0"), clip(1, "b", "base 1"), clip(2, "b", "base 2")]
    let now = [clip(0, "b", "now 0"), clip(1, "c", "now 1"), clip(2, "b", "now 2"), clip(3, "a", "now 3")]
    let pairs = SamplePair.all(base, now)
    #expect(pairs.map(\.now) == now)
    // Moved prompts are found, new ones have no partner, and of equal ones the place decides.
    #expect(pairs.map(\.base) == [base[1], nil, base[2], base[0]])
  }

  @Test func unknownPromptsArePairedByTheirPlace() {
    let base = [clip(0, nil, "base 0"), clip(1, nil, "base 1")]
    #expect(SamplePair.all(base, [clip(1, nil, "now")]).map(\.base) == [base[1]])
  }
}

struct SamplesBesideTheBaseTests {
  private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  @Test func theNewestStandBesideTheBases() throws {
    let run = try MadeUpRun(steps: 20)
    for step in [0, 10, 20] { try run.addSamples(step: step) }
    let page = try run.page()
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
    #expect(page.contains("<h2>Samples: the base, and after step 20</h2>"))
    let places = ["clip 0 of 0", "clip 0 of 20", "clip 1 of 0", "clip 1 of 20"].map {
      page.range(of: base64($0))?.lowerBound
    }
    #expect(places.allSatisfy { $0 != nil } && places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    #expect(!page.contains(base64("clip 0 of 10")))
    #expect(page.components(separatedBy: "a red circle &lt;moves&gt; left</figcaption>").count == 2)
    // Three sheets: the base's, the newest, and the one between, folded away.
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 4)
    #expect(page.contains("Earlier samples: 1<") && page.contains("after step 10</figcaption>"))
  }

  @Test func theBaseAloneIsShownAsSuch() throws {
    let run = try MadeUpRun(steps: 0)
    try run.addSamples(step: 0)
    let page = try run.page()
    #expect(page.contains("<h2>Samples of the base</h2>") && !page.contains("class=\"pair\""))
    #expect(page.contains(base64("clip 1 of 0")))
  }

  @Test func aPromptThatTheBaseWasNotAskedIsSaid() throws {
    let run = try MadeUpRun(steps: 20)
    for step in [0, 20] { try run.addSamples(step: step) }
    try run.write(#"["something else"]"#, to: "samples/step-000000/prompts.json")
    let page = try run.page()
    #expect(page.components(separatedBy: ">was not asked this<").count == 3)
  }

  @Test func clipsThatBrowsersDoNotShowLeaveTheSheets() throws {
    let run = try MadeUpRun(steps: 20)
    for step in [0, 20] { try run.addSamples(step: step, format: "mkv") }
    let page = try run.page()
    #expect(page.contains("lossless Matroska files") && !page.contains("class=\"pair\""))
    #expect(page.components(separatedBy: "class=\"sheet\"").count == 3)
    #expect(page.contains("<p class=\"which\">the base</p><img class=\"sheet\""))
  }
}
