import Foundation
import Tensors
import Testing

@testable import Evaluation

struct FeatureStatisticsTests {
  /// Features of some clips: `directions` of them differ, all by as much.
  private func features(_ clips: Int, _ width: Int, directions: Int, by size: Double = 1) -> [[Double]] {
    (0..<clips).map { clip in
      var row = [Double](repeating: 7, count: width)
      let turn = clip % (2 * directions)
      row[turn / 2] += turn % 2 == 0 ? size : -size
      return row
    }
  }

  private func evaluation(_ means: [[Double]]) -> Evaluation {
    FeatureStatistics.evaluation(means: means, overTokens: 1, told: nil)
  }

  private func value(_ name: String, _ evaluation: Evaluation) throws -> Double {
    try #require(evaluation.figures.first { $0.name == name }).value
  }

  @Test(arguments: [1, 2, 5])
  func theRankIsTheNumberOfDirectionsInWhichClipsDiffer(directions: Int) throws {
    let evaluation = evaluation(features(20 * directions, 8, directions: directions))
    #expect(abs(try value(FeatureStatistics.rank, evaluation) - Double(directions)) < 1e-9)
    #expect(evaluation.loss == nil && evaluation.choice == nil)
  }

  @Test func theDeviationIsThatOfEachFeatureOverClips() throws {
    // Of three features one is 1 and −1 in turn, the others are the same in all clips.
    let evaluation = evaluation(features(8, 3, directions: 1))
    #expect(abs(try value(FeatureStatistics.overClips, evaluation) - 1.0 / 3) < 1e-12)
    #expect(try value(FeatureStatistics.covariance, evaluation) == 0)
    // Two features that are always the same: each covariance is the variance.
    let twins = self.evaluation((0..<6).map { [Double($0), Double($0)] })
    #expect(abs(try value(FeatureStatistics.covariance, twins) - 1) < 1e-12)
  }

  @Test func theDeviationOverTokensIsThatOfAllTokens() {
    // Four clips of three tokens of two features, far from zero and apart by clip.
    let tokens = Tensor([12, 2])
    tokens.fillGaussian(seed: 1, purpose: .check, step: 0)
    for row in 0..<12 { tokens.row(row)[1] += Float(100 + row / 3) }
    let clips = (0..<4).map { ClipTokens(tokens, rows: 3 * $0..<3 * $0 + 3) }
    let deviations = (0..<2).map { d in
      let values = (0..<12).map { Double(tokens.row($0)[d]) }
      let mean = values.reduce(0, +) / 12
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 12).squareRoot()
    }
    #expect(abs(ClipTokens.deviation(clips) - (deviations[0] + deviations[1]) / 2) < 1e-12)
    let again = clips.map { ClipTokens(row: $0.row) }
    #expect(again.map(\.means) == clips.map(\.means) && again.map(\.variances) == clips.map(\.variances))
    // Where all tokens are alike they do not lie apart at all.
    let alike = Tensor([6, 2])
    for place in 0..<12 { alike.pointer[place] = 0.1 }
    #expect(ClipTokens.deviation([ClipTokens(alike, rows: 0..<3), ClipTokens(alike, rows: 3..<6)]) == 0)
  }

  @Test func clipsThatAreAllAlikeHaveNoRank() throws {
    let evaluation = evaluation(Array(repeating: [1, 2, 3], count: 8))
    #expect(try value(FeatureStatistics.rank, evaluation) == 0)
    #expect(try value(FeatureStatistics.overClips, evaluation) == 0)
    #expect(try value(FeatureStatistics.covariance, evaluation) == 0)
  }

  @Test func collapseIsTold() {
    let statistics = FeatureStatistics(batch: 1) { $0 }
    let first = evaluation(features(40, 10, directions: 10))
    #expect(statistics.warnings(first, first: first.figures) == [])
    #expect(statistics.warnings(evaluation(features(40, 10, directions: 5)), first: first.figures) == [])
    let flat = statistics.warnings(
      evaluation(features(40, 10, directions: 10, by: 0.05)), first: first.figures)
    #expect(flat.count == 1 && flat[0].contains("collapsed") && flat[0].contains("optimizer.emaDecay"))
    let narrow = statistics.warnings(evaluation(features(40, 10, directions: 2, by: 5)), first: first.figures)
    #expect(narrow.count == 1 && narrow[0].contains("clips differ in 2 directions"))
    // What has collapsed before the first look has, all the same.
    let dead = evaluation(Array(repeating: [1, 2, 3], count: 5))
    #expect(statistics.warnings(dead, first: dead.figures).count == 1)
    // Clips on one line have collapsed, however far apart they lie, and if they did so before the first look.
    let line = evaluation(features(40, 10, directions: 1, by: 5))
    let onLine = statistics.warnings(line, first: line.figures)
    #expect(onLine.count == 1 && onLine[0].contains("clips differ in 1 directions (rank), and in 1 at"))
    // Of a handful nothing is said.
    let few = evaluation(features(4, 10, directions: 1, by: 5))
    #expect(statistics.warnings(few, first: few.figures) == [])
    let broken = evaluation([[.nan, 1], [2, 1]])
    #expect(statistics.warnings(broken, first: first.figures).count == 1)
  }
}

struct FeatureProbeTests {
  /// Clips of three classes; feature 0 and 1 tell the class by angle, the others are large and tell nothing.
  private func set(_ clips: Int, signal: Double) -> (features: [[Double]], labels: [String?]) {
    let names = ["left", "right", "up"]
    return (
      (0..<clips).map { clip in
        let angle = Double(clip % 3) * 2 * .pi / 3
        let noise = (0..<4).map { Foundation.sin(Double(clip * ($0 + 3) * 7919)) * 3 }
        return [signal * Foundation.cos(angle), signal * Foundation.sin(angle)] + noise
      }, (0..<clips).map { names[$0 % 3] }
    )
  }

  @Test func classesThatFeaturesTellAreTold() {
    let (features, labels) = set(60, signal: 0.5)
    #expect(FeatureProbe.accuracy(features: features, labels: labels) == Proportion(right: 60, judged: 60))
  }

  @Test func classesThatFeaturesDoNotTellAreGuessed() throws {
    let (features, labels) = set(240, signal: 0)
    let told = try #require(FeatureProbe.accuracy(features: features, labels: labels))
    #expect(told.judged == 240 && told.right < 120)
    // Where all clips are alike, the class is that of the most clips.
    let flat = try #require(
      FeatureProbe.accuracy(
        features: Array(repeating: [1, 1], count: 8), labels: ["a", "a", "a", "a", "a", "a", "b", "b"]))
    #expect(flat == Proportion(right: 6, judged: 8))
  }

  @Test func clipsWithoutALabelAreLeftOut() {
    var (features, labels) = set(60, signal: 1)
    features += [[9, 9, 9, 9, 9, 9]]
    labels.append(nil)
    #expect(FeatureProbe.accuracy(features: features, labels: labels)?.judged == 60)
    #expect(FeatureProbe.accuracy(features: features, labels: labels.map { _ in nil }) == nil)
    #expect(FeatureProbe.accuracy(features: features, labels: labels.map { _ in "one" }) == nil)
    // Two clips of two classes: nothing is left to ask.
    #expect(FeatureProbe.accuracy(features: [[1], [2]], labels: ["a", "b"]) == nil)
  }
}
