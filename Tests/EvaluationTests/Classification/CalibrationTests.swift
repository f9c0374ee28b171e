import Testing

@testable import Evaluation

struct CalibrationTests {
  /// By hand: of four clips at 0.9 three are right, of two at 0.5 both are: 4/6 · 0.15 + 2/6 · 0.5.
  @Test func theErrorIsTheWeightedGapOfTheBins() throws {
    let clips = [(0.9, true), (0.9, true), (0.9, true), (0.9, false), (0.5, true), (0.5, true)]
    let calibration = Calibration(clips.map { (confidence: $0.0, isRight: $0.1) })
    #expect(abs(try #require(calibration.error) - (0.1 + 1.0 / 6)) < 1e-12)
  }

  @Test func aBinHoldsItsUpperEnd() {
    let clips = [0.0, 0.1, 0.25, 0.5, 0.500001, 1].map { (confidence: $0, isRight: true) }
    #expect(Calibration(clips, bins: 4).bins.map(\.clips) == [3, 1, 1, 1])
    let bins = Calibration(clips).bins
    #expect(bins.first?.low == 0 && bins.last?.high == 1 && bins.reduce(0) { $0 + $1.clips } == 6)
  }

  @Test func aModelThatKnowsWhatItKnowsHasNoError() throws {
    let right = Calibration([(confidence: 1, isRight: true), (confidence: 1, isRight: true)])
    let wrong = Calibration([(confidence: 1, isRight: false)])
    #expect(right.error == 0 && wrong.error == 1 && Calibration([]).error == nil)
  }
}
