import Foundation
import Testing
import Video

@testable import Evaluation
@testable import Report

struct EvaluationPageTests {
  private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  private func movies(base: Bool) -> [EvaluationPage.Movies] {
    (0..<2).map { prompt in
      EvaluationPage.Movies(
        prompt: prompt, heldOut: Array("held out \(prompt)".utf8), sample: Array("sample \(prompt)".utf8),
        base: base ? Array("base \(prompt)".utf8) : nil)
    }
  }

  @Test func thePageTellsWhatWasMeasured() throws {
    let record = MadeUpEvaluation.record()
    let page = try EvaluationPage(record, movies: movies(base: true)).html()
    #expect(page.contains("<h1>tuned/step-00000004.h5</h1>"))
    #expect(page.contains("beside its base, base/step-00000009.h5."))
    for fact in ["textToVideo", "0.6 → 0.4", "0 → 100 %"] {
      #expect(page.contains("<dd>\(fact)</dd>"), "\(fact)")
    }
    for words in [
      record.provenance.listHash, "protocol 1", "set/&lt;test&gt;.jsonl", "a red circle &lt;moves&gt; left",
      "<td class=\"number\">-33.3 %</td>", "<td>mean</td>", "held-out clips</td>",
    ] { #expect(page.contains(words), "\(words)") }
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
  }

  @Test func samplesOfAPromptStandSideBySide() throws {
    let page = try EvaluationPage(MadeUpEvaluation.record(), movies: movies(base: true)).html()
    let places = try ["held out 1", "base 1", "sample 1"].map { clip in
      try #require(page.range(of: "data:video/mp4;base64," + base64(clip) + "\"")).lowerBound
    }
    #expect(places == places.sorted())
    #expect(page.components(separatedBy: "repeat(3, minmax(0").count == 3)
    let alone = try EvaluationPage(MadeUpEvaluation.record(base: false), movies: movies(base: false)).html()
    #expect(
      alone.components(separatedBy: "repeat(2, minmax(0").count == 3 && !alone.contains("beside its base"))
  }

  @Test(arguments: [true, false]) func thePageNeedsNothingElse(base: Bool) throws {
    let page = try EvaluationPage(MadeUpEvaluation.record(base: base), movies: movies(base: base)).html()
    #expect(!page.contains("<script") && !page.contains("<link") && !page.contains("@import"))
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
    let sources = page.components(separatedBy: "src=\"").dropFirst()
    #expect(!sources.isEmpty && sources.allSatisfy { $0.hasPrefix("data:") })
  }

  @Test func whatWasNotMeasuredIsLeftOut() throws {
    let page = try EvaluationPage(MadeUpEvaluation.lossesAlone).html()
    #expect(!page.contains("<h2>Samples</h2>") && !page.contains("Closest") && !page.contains("<img"))
    #expect(page.contains("Held-out loss") && page.contains("denoising"))
    #expect(XMLChecker(page).isWellFormed)
  }

  @Test func aSheetTooLargeForAPageShowsLess() {
    func sheet(_ count: Int) -> Picture { Picture(width: 2000, height: 1000 * count) }
    #expect(EvaluationPage.fitting(3, sheet).height == 3000)
    #expect(EvaluationPage.fitting(9, sheet).height == 3000)
    #expect(EvaluationPage.fitting(2) { Picture(width: 4000, height: 4000 * $0) }.height == 4000)
  }

  @Test func promptsAreShownFromAllOverThem() {
    #expect(EvaluationPage.shownPrompts(of: 3) == [0, 1, 2])
    #expect(EvaluationPage.shownPrompts(of: 64) == [0, 8, 16, 24, 32, 40, 48, 56])
    #expect(EvaluationPage.shownPrompts(of: 0) == [])
  }

  @Test func anUnwritablePathIsNamed() {
    let error = #expect(throws: RunReportError.self) {
      try EvaluationPage(MadeUpEvaluation.lossesAlone).write(to: "/proc/none/page.html")
    }
    #expect(error.map { "\($0)" }?.contains("/proc/none/page.html cannot be written") == true)
  }

  @Test func theSheetOfClosestPairsBeginsWithTheClosest() {
    let record = MadeUpEvaluation.record()
    let nearest = record.model.nearest!
    #expect(nearest.closest == [1, 0])
    let one = nearest.sheetOfClosest(samples: record.model.samples, nearest: [MadeUpEvaluation.clip(200)])
    #expect(
      one
        == ContactSheet.picture(
          rows: [record.model.samples[1], MadeUpEvaluation.clip(200)],
          captions: ["two & \"three\"", "nearest, identical: clips/<1>.mp4"]))
  }
}
