import Foundation
import Testing

@testable import Report

struct RunMetricsTests {
  private func metrics(_ lines: String...) -> RunMetrics {
    RunMetrics(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  @Test func refusedStepsAreGaps() {
    let metrics = metrics(
      #"{"step":1,"loss":2.5,"gradientNorm":1}"#, #"{"step":2,"loss":null,"refused":true}"#,
      #"{"step":3,"refused":true,"gradientNorm":7}"#, #"{"step":4,"loss":2}"#)
    #expect(metrics.steps.map(\.step) == [1, 2, 3, 4])
    #expect(metrics.steps.map(\.loss.isNaN) == [false, true, true, false])
    #expect(metrics.steps.map(\.isRefused) == [false, true, true, false])
  }

  @Test func stepsToldAgainReplaceTheFirst() {
    let metrics = metrics(
      #"{"step":1,"loss":1}"#, #"{"step":2,"loss":2}"#, #"{"step":3,"loss":3}"#,
      #"{"step":3,"heldOut":{"a":1}}"#,
      #"{"step":2,"loss":20}"#, #"{"step":3,"loss":30}"#, #"{"step":3,"heldOut":{"a":10}}"#)
    #expect(metrics.steps.map(\.loss) == [1, 20, 30])
    #expect(metrics.validations.map(\.losses) == [["a": 10]])
  }

  @Test func conditionsAreOrderedByTheirNumbers() {
    let metrics = metrics(
      #"{"step":1,"heldOut":{"time 0.9":1,"time 0.1":2,"time 10":3,"all":4}}"#,
      #"{"step":2,"heldOut":{"time 0.5":null}}"#)
    #expect(metrics.conditions == ["time 0.1", "time 0.9", "time 10", "all"])
    #expect(metrics.validations[1].losses.isEmpty)
  }

  @Test func whereTheLossDoesNotChooseTheBestIsTheBestByWhatDoes() {
    let looks = (0..<3).map { look in
      #"{"step":\#(look),"heldOut":{"a":\#(look)},"heldOutLoss":\#(look),"heldOutChoice":\#(0.9 - 0.1 * Double(look % 2)),"#
        + #""heldOut: features":{"rank":\#(look + 2)}}"#
    }
    let metrics = metrics(looks[0], looks[1], looks[2])
    #expect(metrics.isChosenOtherwise && metrics.best?.step == 1)
    #expect(metrics.validations.map(\.others) == [2, 3, 4].map { ["features": ["rank": $0]] })
    let usual = self.metrics(
      #"{"step":1,"heldOut":{"a":2},"heldOutLoss":2}"#, #"{"step":2,"heldOut":{"a":3},"heldOutLoss":3}"#)
    #expect(!usual.isChosenOtherwise && usual.best?.step == 1 && usual.validations[0].others.isEmpty)
  }

  /// A file is read in pieces, and lines lie across their ends.
  @Test func aLongFileIsReadAsItsLines() throws {
    let line = { (step: Int) in
      "{\"step\":\(step),\"loss\":\(step).5,\"notes\":\"\(String(repeating: "x", count: step % 97))\"}\n"
    }
    let text = (1...20_000).map(line).joined() + "broken\n" + #"{"step":20001,"lo"#
    #expect(text.utf8.count > 1 << 20)
    let path = NSTemporaryDirectory() + "vfm-metrics-\(UUID().uuidString).jsonl"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let metrics = try RunMetrics(contentsOf: path)
    #expect(metrics.steps.map(\.step) == Array(1...20_000))
    #expect(metrics.steps.map(\.loss) == RunMetrics(Array(text.utf8)).steps.map(\.loss))
    #expect(metrics.unreadableLines == 1)
  }

  @Test func foreignLinesAreLeftAlone() {
    let metrics = metrics(#"{"parameters":77}"#, "", #"{"step":1,"other":true}"#, #"{"step":"one"}"#)
    #expect(metrics.parameters == 77)
    #expect(metrics.steps.isEmpty && metrics.validations.isEmpty)
    #expect(metrics.unreadableLines == 1)
  }

  @Test func mediansLeaveOutWhatIsNotKnown() {
    let metrics = metrics(
      #"{"step":1,"loss":1,"gflops":3}"#, #"{"step":2,"loss":1}"#, #"{"step":3,"loss":1,"gflops":1}"#,
      #"{"step":4,"loss":1,"gflops":2}"#)
    #expect(metrics.median(\.gflops) == 2)
    #expect(metrics.median(\.clipsPerSecond) == nil)
  }
}
