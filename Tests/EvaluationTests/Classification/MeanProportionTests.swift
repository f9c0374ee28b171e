import Testing

@testable import Evaluation

struct MeanProportionTests {
  @Test func eachShareCountsAsMuch() {
    let mean = MeanProportion([Proportion(right: 1, judged: 1), Proportion(right: 0, judged: 99)])
    #expect(mean.share == 0.5)
    #expect(MeanProportion([Proportion(right: 0, judged: 0)]).share == nil)
    #expect(MeanProportion([]).interval == 0...1)
  }

  /// Where all is right there is no variance to go by: C² / Σ 1/n = 9 / (1/2 + 1/3 + 1/5) trials.
  @Test func allRightIsNotCertain() {
    let range = MeanProportion([2, 3, 5].map { Proportion(right: $0, judged: $0) }).interval
    #expect(abs(range.lowerBound - 0.6939353738798122) < 1e-12 && range.upperBound == 1)
    let wrong = MeanProportion([2, 3, 5].map { Proportion(right: 0, judged: $0) }).interval
    #expect(wrong.lowerBound == 0 && abs(wrong.upperBound - (1 - 0.6939353738798122)) < 1e-12)
  }

  /// Many equal classes are nearly one large sample, whose range is known.
  @Test func manyClassesAreAsCertainAsTheirClipsTogether() {
    let mean = MeanProportion([Proportion](repeating: Proportion(right: 70, judged: 100), count: 50)).interval
    let whole = Proportion(right: 3500, judged: 5000).interval
    #expect(abs(mean.lowerBound - whole.lowerBound) < 2e-4 && abs(mean.upperBound - whole.upperBound) < 2e-4)
  }

  @Test func oneClipAClassStillHasARange() {
    let range = MeanProportion((0..<10).map { Proportion(right: $0 % 2, judged: 1) }).interval
    #expect(range == Proportion(right: 5, judged: 10).interval)
  }
}
