import Foundation
import Testing

@testable import Evaluation

/// The values are numpy's, by the formulas alone.
struct ClassPredictionsTests {
  private let all = MadeUpPredictions.all

  @Test func theMostProbableClassIsPredictedAndTheFirstOfEquals() {
    #expect(all.predicted == [0, 1, 0, 5, 1, 4, 0, 2, 1, 3, 0, 1, 3, 1])
    #expect(all.confidence(3) == 0.423)
  }

  @Test func theRightClassIsAmongTheMostProbableOnes() {
    #expect(all.top(1) == Proportion(right: 6, judged: 14))
    #expect(all.top(3) == Proportion(right: 13, judged: 14))
    #expect(all.top(5) == Proportion(right: 14, judged: 14) && all.top(6).share == 1)
    #expect(all.told == [1, 5] && MadeUpPredictions.ofTwo((0, 0.5)).told == [1])
  }

  @Test func equalProbabilitiesGoByTheOrderOfTheClasses() {
    let tied = MadeUpPredictions.ofTwo((0, 0.5), (1, 0.5))
    #expect(tied.top(1) == Proportion(right: 1, judged: 2) && tied.top(2).share == 1)
    #expect(tied.isRight(0) && !tied.isRight(1))
  }

  @Test func theCrossEntropyIsTheMeanOverClips() throws {
    #expect(abs(try #require(all.crossEntropy) - 1.150970729012224) < 1e-12)
    // A probability of 0 counts as the smallest normal float.
    let sure = MadeUpPredictions.ofTwo((1, 1), (0, 1))
    #expect(abs(try #require(sure.crossEntropy) - 87.33654475 / 2) < 1e-6)
    #expect(ClassPredictions(classes: ["a"], entries: [], truth: [], probabilities: []).crossEntropy == nil)
  }

  @Test func confusionsAreCountedByTrueAndPredictedClass() {
    #expect(
      all.confusion == [
        [2, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1], [0, 1, 1, 0, 0, 0], [1, 1, 0, 2, 0, 0], [0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
      ])
  }

  @Test func eachClassHasItsFigures() throws {
    let figures = all.perClass
    #expect(
      figures.map(\.right.right) == [2, 1, 1, 2, 0, 0] && figures.map(\.right.judged) == [3, 4, 2, 4, 1, 0])
    for (figure, wanted) in zip(figures, [0.394333333, 0.40375, 0.6175, 0.389, 0.439]) {
      #expect(abs(try #require(figure.confidence) - wanted) < 1e-9, "\(figure)")
    }
    #expect(figures[5].confidence == nil && figures[5].right.share == nil && figures[5].predicted == 1)
    #expect(figures.map(\.predicted) == [4, 5, 1, 2, 1, 1])
    // Of classes that as many clips were taken for the first counts.
    #expect(figures.map { $0.takenFor?.name } == ["jump", "clap", "jump", "clap", "jump", nil])
    #expect(figures[3].takenFor?.clips == 1)
  }

  @Test func theMeanOverClassesLeavesOutThoseWithoutClips() throws {
    #expect(abs(try #require(all.meanClass.share) - 0.3833333333333333) < 1e-12)
    let range = all.meanClass.interval
    #expect(abs(range.lowerBound - 0.13094724688816345) < 1e-9)
    #expect(abs(range.upperBound - 0.7194554133483697) < 1e-9)
  }

  @Test func theCalibrationErrorIsThatOfGuo() throws {
    let calibration = all.calibration
    #expect(abs(try #require(calibration.error) - 0.2541428571428571) < 1e-12)
    #expect(calibration.bins.count == 15)
    #expect(calibration.bins.map(\.clips) == [0, 0, 0, 2, 1, 2, 4, 3, 1, 0, 0, 1, 0, 0, 0])
    #expect(abs(try #require(calibration.bins[6].confidence) - 0.42325) < 1e-12)
    #expect(calibration.bins[6].accuracy == 0.5 && calibration.bins[0].accuracy == nil)
  }

  @Test func theMostConfidentMistakesComeFirst() {
    #expect(all.mistakes.map(\.clip) == [5, 8, 13, 3, 1, 11, 6, 10])
    #expect(
      all.mistakes[0] == ClassPredictions.Mistake(clip: 5, truth: 1, predicted: 4, confidence: 0.535))
  }

  @Test func clipsWithoutNumbersAreWrong() {
    let silent = MadeUpPredictions.ofTwo((0, .nan), (0, 0.9), (1, .nan))
    #expect(silent.predicted == [nil, 0, nil])
    #expect(silent.top(1) == Proportion(right: 1, judged: 3) && silent.top(2).right == 1)
    #expect(silent.crossEntropy?.isNaN == true && silent.mistakes.isEmpty)
    #expect(
      silent.confusion == [[1, 0], [0, 0]] && silent.calibration.bins.reduce(0) { $0 + $1.clips } == 1)
    let evaluation = Evaluation(silent)
    #expect(evaluation.loss?.isFinite == false)
    #expect(
      evaluation.remarks == [
        "the model gave no numbers for 2 of 3 clips, which count as wrong: 0.mp4, 2.mp4"
      ])
  }

  @Test func theJSONHoldsNumbersAndWhatIsBehindThem() throws {
    let data = try JSONEncoder().encode(all)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(json.keys) == [
        "top1", "top5", "meanClass", "calibrationError", "crossEntropy", "intervals", "perClass", "confusion",
        "calibration", "mistakes",
      ])
    #expect(abs((json["top1"] as? Double ?? 0) - 6.0 / 14) < 1e-12 && json["top5"] as? Double == 1)
    let intervals = try #require(json["intervals"] as? [String: [String: Double]])
    #expect(
      abs((intervals["top1"]?["low"] ?? 0) - all.top(1).interval.lowerBound) < 1e-12 && intervals.count == 3)
    let classes = try #require(json["perClass"] as? [[String: Any]])
    #expect(classes[3]["name"] as? String == "sit" && classes[3]["share"] as? Double == 0.5)
    #expect(classes[5]["share"] == nil && classes[5]["clips"] as? Int == 0)
    #expect((json["confusion"] as? [String: Any])?["counts"] as? [[Int]] == all.confusion)
    #expect((json["calibration"] as? [[String: Any]])?.count == 15)
    #expect((json["mistakes"] as? [[String: Any]])?.first?["clip"] as? String == "5.mp4")
    // JSON has no word for what is not a number.
    let silent = try JSONEncoder().encode(MadeUpPredictions.ofTwo((0, .nan)))
    let few = try #require(try JSONSerialization.jsonObject(with: silent) as? [String: Any])
    #expect(few["top5"] == nil && few["crossEntropy"] == nil && few["calibrationError"] == nil)
    #expect(few["top1"] as? Double == 0)
  }
}
