import Foundation
import Testing
import Video

@testable import Evaluation
@testable import Report

struct ClassReportTests {
  @Test func aModelAloneHasSharesWithRanges() {
    let tables = MadeUpClasses.record(base: false).tables
    #expect(
      tables.map(\.title) == [
        "classification of 3 classes, 1 of them without clips", "by class", "most confident mistakes",
      ])
    #expect(
      tables[0].table.description == """
        figure              share  95 % from      to
        ─────────────────  ──────  ─────────  ──────
        top 1              75.0 %     30.1 %  95.4 %
        mean class         83.3 %     17.2 %  99.2 %
        calibration error  50.0 %          –       –
        cross entropy      1.1057          –       –
        """)
    #expect(
      tables[1].table.rows[0] == [
        "clap", "3", "2", "66.7 %", "20.8 %", "93.9 %", "73.3 %", "2", "<run> (1)",
      ])
    #expect(tables[1].table.rows[2] == ["wave", "0", "0", "–", "–", "–", "–", "0", "–"])
    #expect(tables[2].table.rows == [["90.0 %", "clap", "<run>", "clips/<2>.mp4"]])
  }

  @Test func aBaseStandsBesideIt() {
    let tables = MadeUpClasses.record().tables
    #expect(tables[0].table.columns == ["figure", "base", "95 % range", "this", "95 % range", "change"])
    #expect(
      tables[0].table.rows[0] == [
        "top 1", "50.0 %", "15.0–85.0 %", "75.0 %", "30.1–95.4 %", "+25.0 points",
      ])
    #expect(
      tables[0].table.rows[3].first == "cross entropy"
        && tables[0].table.rows[3].last?.hasSuffix(" %") == true)
    #expect(tables[1].table.columns.contains("base"))
    #expect(tables[1].table.rows[0][7...8] == ["33.3 %", "+33.3 points"])
  }

  @Test func theTextTellsViewsAndWhatWasTrainedOn() {
    let text = MadeUpClasses.record(trainedOn: 2).text
    #expect(text.contains(", protocol 1, 5x3 views, labels "))
    #expect(
      text.contains(
        "\n\ncaution: 2 of the 4 clips are trained on, too, so the figures say less of other clips\n\n"))
    #expect(!MadeUpClasses.record().text.contains("caution"))
  }

  @Test func thePageShowsWhatWasTakenForWhat() throws {
    let page = try EvaluationPage(MadeUpClasses.record(trainedOn: 1, remark: true)).html()
    for words in [
      "<h2>What was taken for what</h2>", "<summary>The same of the base</summary>",
      "<h2>How far confidence can be trusted</h2>", "<h2>Mistakes in pictures</h2>", "<dd>50 → 75 %</dd>",
      "<td>5x3</td>", "1 of the 4 clips is trained on, too",
    ] { #expect(page.contains(words), "\(words)") }
    #expect(page.contains("1 of 5 clips has no label among the model&#39;s classes"))
    #expect(page.components(separatedBy: "class=\"matrix\"").count == 3)
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("<script"))
    #expect(page.components(separatedBy: "src=\"").dropFirst().allSatisfy { $0.hasPrefix("data:image/png") })
    let checker = XMLChecker(page)
    #expect(checker.isWellFormed, "\(checker.problem)")
    if let folder = ProcessInfo.processInfo.environment["VFM_LOOK"] {
      try EvaluationPage(MadeUpClasses.record(trainedOn: 1, remark: true)).write(to: folder + "/classes.html")
    }
  }

  @Test func ofAModelAloneThereIsOneMatrix() throws {
    let page = try EvaluationPage(MadeUpClasses.record(base: false)).html()
    #expect(page.components(separatedBy: "class=\"matrix\"").count == 2 && !page.contains("of the base"))
    #expect(XMLChecker(page).isWellFormed)
  }

  @Test func mistakesStandOnASheet() {
    let clip = [Picture](repeating: Picture(width: 16, height: 8, fill: (200, 30, 60)), count: 16)
    let sheet = MadeUpClasses.predictions.sheetOfMistakes([clip])
    // Eight of the sixteen frames.
    #expect(sheet.width == 2 * ContactSheet.margin + 2 + 8 * (96 + 2))
  }

  @Test func theReliabilityChartHasAPointABin() {
    let svg = ReliabilityChart(MadeUpClasses.predictions.calibration, base: MadeUpClasses.base.calibration)
      .svg
    #expect(svg.contains("confidence, %") && svg.contains(">this</text>") && svg.contains(">base</text>"))
    #expect(XMLChecker(svg).isWellFormed)
    #expect(MadeUpClasses.predictions.calibration.table.rows.map { $0[2] } == ["1", "1", "1", "1"])
  }
}
