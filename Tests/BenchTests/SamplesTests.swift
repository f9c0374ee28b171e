import Foundation
import Testing

@testable import vfm_bench

struct SamplesTests {
  @Test(arguments: [
    ([3.0], 3.0, 3.0, 3.0), ([4, 1], 2.5, 1, 4), ([9, 1, 2], 2, 1, 9), ([5, 1, 3, 2], 2.5, 1, 5),
  ])
  func medianAndEndsAreThoseOfTheSortedValues(
    _ seconds: [Double], median: Double, least: Double, most: Double
  ) {
    let samples = Samples(seconds)
    #expect(samples.median == median && samples.least == least && samples.most == most)
  }

  @Test func encodesTheThreeFigures() throws {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(Samples([3, 1, 2])))
    #expect(object as? [String: Double] == ["median": 2, "least": 1, "most": 3])
  }

  @Test func measuresInTurnAndLeavesOutTheWarmUp() {
    var order: [Int] = []
    let samples = measureInTurn(rounds: 3, warmUp: 1, [{ order.append(0) }, { order.append(1) }])
    #expect(order == [0, 1, 0, 1, 0, 1, 0, 1])
    #expect(samples.map(\.seconds.count) == [3, 3])
  }
}
