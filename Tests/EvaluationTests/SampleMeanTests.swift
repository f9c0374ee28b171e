import Testing

@testable import Evaluation

struct SampleMeanTests {
  /// Quantiles of Student's distribution from tables.
  @Test(arguments: [
    (1.0, 12.7062), (2, 4.30265), (3, 3.18245), (4, 2.77645), (10, 2.22814), (30, 2.04227), (1000, 1.96234),
  ])
  func quantilesAreThoseOfTables(freedom: Double, expected: Double) {
    #expect(abs(SampleMean.quantile(freedom) / expected - 1) < 2e-3)
  }

  @Test func theIntervalIsStudents() throws {
    let mean = SampleMean([1, 2, 3, 4, 5])
    #expect(mean.mean == 3)
    let interval = try #require(mean.interval)
    // t of four degrees of freedom, √2.5 and √5.
    #expect(abs(interval.upperBound - 3 - 2.77645 * 0.7071068) < 1e-3)
    #expect(abs(interval.lowerBound + interval.upperBound - 6) < 1e-9)
  }

  @Test func ofTooFewOrBrokenValuesThereIsNone() {
    #expect(SampleMean([]).mean == nil && SampleMean([]).interval == nil)
    #expect(SampleMean([7]).mean == 7 && SampleMean([7]).interval == nil)
    #expect(SampleMean([1, .nan]).interval == nil)
    #expect(SampleMean([2, 2, 2]).interval == 2...2)
  }
}
