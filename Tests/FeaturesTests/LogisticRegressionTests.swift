import Foundation
import Tensors
import Testing

@testable import Features

/// The values are numpy's (Tests/Fixtures/make_probe_fixture.py), by Newton's method in double precision.
struct LogisticRegressionTests {
  private struct Golden: Decodable {
    struct Fit: Decodable {
      let penalty: Double, weights: [[Double]], bias: [Double], loss: Double, probabilities: [[Double]]
    }
    let x: [[Float]], truth: [Int], fits: [Fit]
  }

  private func golden() throws -> Golden {
    let path = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Fixtures/probe.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path.standardizedFileURL))
  }

  @Test func theLeastLossIsThatOfNumpy() throws {
    let golden = try golden()
    let x = Tensor(golden.x.flatMap { $0 }, [golden.x.count, 3])
    for fit in golden.fits {
      var model = LogisticRegression(classes: 4, width: 3)
      model.fit(x, golden.truth, penalty: fit.penalty)
      let loss = model.loss(x, golden.truth, penalty: fit.penalty)
      #expect(abs(loss.value - fit.loss) < 1e-6, "\(fit.penalty): \(loss.value)")
      for (ours, theirs) in zip(model.parameters, fit.weights.flatMap { $0 } + fit.bias) {
        #expect(abs(ours - theirs) < 2e-3 * max(1, abs(theirs)), "\(fit.penalty): \(ours) \(theirs)")
      }
      for (ours, theirs) in zip(model.probabilities(x), fit.probabilities) {
        #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }

  @Test func theGradientIsThatOfTheLoss() {
    let x = Tensor([1, -0.5, 0.25, 2, -1, 0.75], [3, 2])
    let start = LogisticRegression(classes: 2, width: 2)
    let (value, gradient) = start.loss(x, [0, 1, 1], penalty: 0.1)
    // Without weights all classes are as likely: log 2, and by hand Σ x (1/2 − right) / 3 for the first class.
    #expect(abs(value - log(2)) < 1e-7)
    for (ours, wanted) in zip(gradient, [-0.5 + 0.125 - 0.5, 0.25 + 1 + 0.375]) {
      #expect(abs(ours - wanted / 3) < 1e-6, "\(gradient)")
    }
    #expect(abs(gradient[4] - (-0.5 + 0.5 + 0.5) / 3) < 1e-6 && abs(gradient[5] + gradient[4]) < 1e-6)
  }

  @Test func theLeastOfASquareIsFound() {
    let found = LBFGS(tolerance: 1e-9).minimum(from: [5, 5, 5]) { place in
      let scales = [1.0, 100, 0.01]
      let gradient = zip(place, scales).map { ($0 - 2) * $1 }
      return (zip(place, gradient).reduce(0) { $0 + ($1.0 - 2) * $1.1 / 2 }, gradient)
    }
    #expect(found.place.allSatisfy { abs($0 - 2) < 1e-5 } && found.value < 1e-9)
  }
}
