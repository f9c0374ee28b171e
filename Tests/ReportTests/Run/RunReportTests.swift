import Foundation
import Testing
import Video

@testable import Report

struct RunReportTests {
  private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  @Test func thePageTellsOfTheRun() throws {
    let run = try MadeUpRun()
    let page = try run.page()
    #expect(page.contains("<h1>the &lt;first&gt; run</h1>"))
    for fact in ["1200 of 2000", "3.21 M", "5.0 min", "0.1", "140", "101", "2.0 %"] {
      #expect(page.contains("<dd>\(fact)</dd>"), "\(fact)")
    }
    #expect(page.contains("<dt>Steps refused</dt><dd>1</dd>"))
    #expect(page.contains("class=\"cross\""))
    for words in [
      "learning rate", "gradient norm", "clips a second", "held-out loss", "time 0.1", "time 0.9", "mean",
    ] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(page.contains("one &lt;/pre&gt; line"))
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
  }

  @Test func thePageNeedsNothingElse() throws {
    let run = try MadeUpRun()
    try run.addSamples(step: 500)
    let page = try run.page()
    #expect(!page.contains("<script") && !page.contains("<link") && !page.contains("@import"))
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
    #expect(page.contains("prefers-color-scheme: dark"))
  }

  @Test(arguments: [
    ("webm", "<video src=\"data:video/webm"), ("gif", "<img class=\"clip\" src=\"data:image/gif"),
  ])
  func samplesMoveInOtherFormats(format: String, element: String) throws {
    let run = try MadeUpRun()
    try run.addSamples(step: 500, format: format)
    let page = try run.page()
    #expect(page.contains("\(element);base64," + base64("clip 1 of 500")))
    #expect(page.contains("a red circle &lt;moves&gt; left</figcaption>"))
  }

  @Test func samplesThatBrowsersDoNotShowAreSaidToBeThere() throws {
    let run = try MadeUpRun()
    try run.addSamples(step: 500, format: "mkv")
    let page = try run.page()
    #expect(page.contains("lossless Matroska files, which browsers do not show"))
    #expect(!page.contains(base64("clip 1 of 500")) && page.contains("class=\"sheet\""))
  }

  @Test func theLatestSamplesMove() throws {
    let run = try MadeUpRun()
    for step in [500, 1000, 1500] { try run.addSamples(step: step) }
    let page = try run.page()
    #expect(page.contains("<h2>Samples after step 1500</h2>"))
    #expect(page.components(separatedBy: "<video").count == 3)
    #expect(page.contains("data:video/mp4;base64," + base64("clip 1 of 1500")))
    #expect(!page.contains(base64("clip 1 of 1000")))
    #expect(page.contains("a red circle &lt;moves&gt; left</figcaption>"))
    #expect(page.contains("two &amp; &quot;three&quot;</figcaption>"))
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 4)
    #expect(page.contains("Earlier samples: 2<"))
    #expect(page.contains("after step 1000</figcaption>") && page.contains("after step 500</figcaption>"))
  }

  @Test func earlierSamplesAreThinned() throws {
    let run = try MadeUpRun(steps: 20)
    for step in 1...30 { try run.addSamples(step: step, clips: false) }
    let page = try run.page()
    #expect(page.contains("Earlier samples: 12 of 29<"))
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 14)
    #expect(page.contains(">after step 1<") && page.contains(">after step 29<"))
  }

  @Test func samplesUnderWayAreLeftOut() throws {
    let run = try MadeUpRun(steps: 20)
    try run.addSamples(step: 10, clips: false, prompts: false)
    try run.addSamples(step: 20, sheet: false)
    let page = try run.page()
    #expect(page.contains("Samples after step 10"))
    #expect(!page.contains("step 20<"))
  }

  @Test func promptsMayBeMissing() throws {
    let run = try MadeUpRun(steps: 20)
    try run.addSamples(step: 10, prompts: false)
    #expect(try run.page().contains("prompt 1</figcaption>"))
  }

  @Test func lossesOfSeveralShapesHaveALineEach() throws {
    let run = try MadeUpRun(steps: 10)
    #expect(try !run.page().contains("A line for each shape"))
    let lines = (1...60).map { step in
      let shape = step % 5 == 0 ? "1x32x32" : "9x32x32"
      return
        #"{"step":\#(step),"loss":\#(step % 5 == 0 ? 0.5 : 2),"shape":"\#(shape)","learningRate":0.1,"seconds":1}"#
    }
    try run.write(lines.joined(separator: "\n") + "\n", to: "metrics.jsonl")
    let metrics = try RunMetrics(contentsOf: run.folder + "/metrics.jsonl")
    #expect(metrics.shapes == ["9x32x32", "1x32x32"])
    #expect(metrics.losses(of: "1x32x32").points.map(\.y) == Array(repeating: 0.5, count: 12))
    let page = try run.page()
    #expect(page.contains("A line for each shape of clips") && !page.contains("smoothed"))
    #expect(page.contains(">9x32x32") && page.contains(">1x32x32"))
  }

  @Test func quarantinedClipsAreNamed() throws {
    let run = try MadeUpRun(steps: 20)
    #expect(!(try run.page().contains("Clips set aside")))
    try run.write(
      #"{"path":"a/<b>.mp4","stage":"open","reason":"moov atom not found"}"# + "\n"
        + #"{"path":"c.mkv","stage":"decode","reason":"end & of file","seconds":1.25,"frame":30}"#
        + "\n{\"pa",
      to: "quarantine.jsonl")
    let page = try run.page()
    #expect(page.contains("<dt>Clips set aside</dt><dd>2</dd>"))
    #expect(page.contains("<td>a/&lt;b&gt;.mp4</td><td>open</td><td>moov atom not found</td>"))
    #expect(page.contains("<td>end &amp; of file</td><td class=\"number\">1.25 s</td>"))
  }

  @Test func aTruncatedLastLineIsOfARunThatGoesOn() throws {
    let run = try MadeUpRun()
    try run.append(#"{"step":1201,"lo"#, to: "metrics.jsonl")
    let page = try run.page()
    #expect(page.contains("<dd>1200 of 2000</dd>"))
    #expect(!page.contains("cannot be read and are left out"))
  }

  @Test func brokenLinesAreCounted() throws {
    let run = try MadeUpRun()
    try run.append(#"{"step":1201,"lo{"step":1201}"# + "\n", to: "metrics.jsonl")
    #expect(try run.page().contains(">1 line of metrics.jsonl cannot be read and is left out.<"))
    try run.append("nonsense\n", to: "metrics.jsonl")
    #expect(try run.page().contains(">2 lines of metrics.jsonl cannot be read and are left out.<"))
  }

  @Test func aRunWithoutAStepHasAPage() throws {
    let run = try MadeUpRun(steps: 0)
    try run.write("", to: "metrics.jsonl")
    let page = try run.page()
    #expect(page.contains("<dd>0 of 2000</dd>"))
    #expect(page.contains(">nothing yet<"))
    #expect(!page.contains("nan"))
  }

  @Test func aShortRunIsNotSmoothed() throws {
    let page = try MadeUpRun(steps: 20).page()
    #expect(page.contains("Each step.") && !page.contains("smoothed"))
    #expect(try MadeUpRun(steps: 200).page().contains("the mean over 5 steps"))
  }

  @Test func longRunsGiveSmallPages() throws {
    let run = try MadeUpRun(steps: 20_000)
    #expect(try run.page().utf8.count < 300_000)
  }

  @Test func writingReplacesTheEarlierPageAndLeavesNothingElse() throws {
    let run = try MadeUpRun(steps: 20)
    try run.write("old", to: "report.html")
    #expect(try run.page().hasPrefix("<!DOCTYPE html>"))
    let files = try FileManager.default.contentsOfDirectory(atPath: run.folder)
    #expect(Set(files) == ["metrics.jsonl", "recipe.json", "report.html"])
  }

  @Test func theSameRunGivesTheSamePage() throws {
    let run = try MadeUpRun()
    try run.addSamples(step: 500)
    #expect(try run.page() == run.page())
  }
}

struct RunReportFailureTests {
  private func message(_ folder: String) -> String {
    do {
      _ = try RunReport(folder: folder).write()
      return ""
    } catch { return "\(error)" }
  }

  @Test func noFolder() {
    #expect(
      message("/nowhere/run") == "/nowhere/run is not a folder; give the output folder of a training run")
  }

  @Test(arguments: ["metrics.jsonl", "recipe.json"])
  func aMissingFileIsNamed(_ name: String) throws {
    let run = try MadeUpRun(steps: 3)
    try FileManager.default.removeItem(atPath: "\(run.folder)/\(name)")
    #expect(
      message(run.folder) == "\(run.folder)/\(name) is missing, so there is nothing to report; "
        + "give the output folder of a training run that has begun")
  }

  @Test func aFileThatCannotBeRead() throws {
    let run = try MadeUpRun(steps: 3)
    try FileManager.default.removeItem(atPath: run.folder + "/recipe.json")
    try FileManager.default.createDirectory(
      atPath: run.folder + "/recipe.json", withIntermediateDirectories: false)
    let message = message(run.folder)
    #expect(message.hasPrefix("\(run.folder)/recipe.json cannot be read: "))
    #expect(message.hasSuffix("; make it readable and write the report again"))
  }

  @Test func aPageThatCannotBeWritten() throws {
    let run = try MadeUpRun(steps: 3)
    let path = run.folder + "/report.html"
    try FileManager.default.createDirectory(atPath: path + "/in the way", withIntermediateDirectories: true)
    #expect(
      message(run.folder) == "\(path) cannot be written: Is a directory; "
        + "make room there or make the folder writable")
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: run.folder)).count == 3)
  }
}
