import Foundation
import Testing

@testable import Tensors

struct BetaTests {
  private func draws(_ count: Int = 20_000, _ draw: (inout RandomStream) -> Double) -> [Double] {
    (0..<count).map { step in
      var stream = RandomStream(seed: 5, purpose: .check, step: step)
      return draw(&stream)
    }
  }

  // A symmetric beta variable has mean 1/2 and variance 1 / (4 (2 α + 1)).
  @Test(arguments: [0.01, 0.2, 0.8, 1, 3, 50])
  func momentsAreRight(alpha: Double) {
    let values = draws { $0.beta(alpha) }
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    let expected = 1 / (4 * (2 * alpha + 1))
    #expect(abs(mean - 0.5) < 4 * (expected / Double(values.count)).squareRoot())
    #expect(abs(variance / expected - 1) < 0.05)
  }

  @Test func oneIsUniform() {
    let values = draws { $0.beta(1) }
    for tenth in 0..<10 {
      let share = Double(values.count { Int($0 * 10) == tenth }) / Double(values.count)
      #expect(abs(share - 0.1) < 0.01)
    }
  }

  // A gamma variable of scale 1 has mean and variance α.
  @Test(arguments: [0.5, 1, 2.5, 20])
  func gammaMomentsAreRight(alpha: Double) {
    let values = draws { exp($0.logOfGamma(alpha)) }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    #expect(abs(mean / alpha - 1) < 0.05 && abs(variance / alpha - 1) < 0.1)
  }

  @Test func tinyParametersGiveNumbers() {
    #expect(draws(500) { $0.beta(1e-6) }.allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}
