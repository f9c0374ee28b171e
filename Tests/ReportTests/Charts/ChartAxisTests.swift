import Testing

@testable import Report

struct ChartAxisTests {
  @Test(arguments: [
    ([0, 1], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    ([0, 2487], ["0", "500", "1000", "1500", "2000", "2500"]),
    ([-3, 4], ["-4", "-2", "0", "2", "4"]),
    ([0, 48_000], ["0", "10k", "20k", "30k", "40k", "50k"]),
    ([0, 0.00096], ["0.0000", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"]),
    ([0, 3e-7], ["0", "10⁻⁷", "2·10⁻⁷", "3·10⁻⁷"]),
  ])
  func linearTicksAreRound(_ values: [Double], _ labels: [String]) {
    #expect(ChartAxis(values, scale: .linear).labels == labels)
  }

  @Test(arguments: [
    ([0.07, 1.9], ["0.05", "0.1", "0.2", "0.5", "1", "2"]),
    ([0.002, 30], ["0.001", "0.01", "0.1", "1", "10", "100"]),
    ([1, 1e12], ["1", "100", "10000", "10⁶", "10⁸", "10¹⁰", "10¹²"]),
  ])
  func logarithmicTicksAreRound(_ values: [Double], _ labels: [String]) {
    let axis = ChartAxis(values)
    #expect(axis.scale == .logarithmic)
    #expect(axis.labels == labels)
  }

  @Test func wideAndPositiveValuesAreLogarithmic() {
    #expect(ChartAxis([0.1, 0.9]).scale == .linear)
    #expect(ChartAxis([0.01, 0.9]).scale == .logarithmic)
    #expect(ChartAxis([0, 0.9]).scale == .linear)
    #expect(ChartAxis([-0.01, 0.9]).scale == .linear)
    #expect(ChartAxis([0.01, .nan, .infinity, 0.1]).scale == .linear)
  }

  @Test(
    arguments: [
      [0], [5], [-5], [1e-30], [1e30], [3, 3, 3], [1, 1 + 1e-15], [0, 1e-300], [-1e-8, 1e8], [],
      [1e-300, 1e300],
      [.nan], [2.5, .nan], [.infinity],
    ] as [[Double]])
  func boundsHoldTheValues(_ values: [Double]) {
    for scale in [ChartAxis.Scale?.none, .linear] {
      let axis = ChartAxis(values, scale: scale)
      #expect(axis.bounds.lowerBound < axis.bounds.upperBound)
      for value in values where value.isFinite {
        let share = axis.share(of: value)
        #expect(share != nil && (0...1).contains(share!))
      }
      #expect(axis.ticks.count <= 16)
      #expect(axis.ticks.allSatisfy { axis.share(of: $0).map((0...1).contains) ?? true })
      #expect(axis.labels.count == axis.ticks.count)
    }
  }

  @Test func sharesFollowTheScale() throws {
    let linear = ChartAxis([0, 10], scale: .linear)
    #expect(linear.share(of: 2.5) == 0.25)
    let logarithmic = ChartAxis([0.01, 100], scale: .logarithmic)
    #expect(abs(try #require(logarithmic.share(of: 1)) - 0.5) < 1e-9)
    #expect(logarithmic.share(of: 0) == nil)
    #expect(linear.share(of: .nan) == nil)
    #expect(linear.share(of: 11) == nil)
  }

  @Test func zeroIsIncludedOnRequest() {
    #expect(ChartAxis([140, 150], scale: .linear, includesZero: true).bounds.lowerBound == 0)
    #expect(ChartAxis([140, 150], scale: .linear).bounds.lowerBound == 140)
  }

  @Test func stepsHaveWholeTicks() {
    let few = ChartAxis([0, 2], scale: .linear, endsOnTicks: false, wholeTicks: true)
    #expect(few.labels == ["0", "1", "2"])
    let many = ChartAxis([0, 1234], scale: .linear, endsOnTicks: false, wholeTicks: true)
    #expect(many.labels == ["0", "500", "1000"])
    #expect(many.bounds == 0...1234)
  }
}
