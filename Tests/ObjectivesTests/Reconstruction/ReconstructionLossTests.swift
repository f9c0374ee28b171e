import Foundation
import GradientCheck
import Objectives
import Tensors
import Testing

struct ReconstructionLossTests {
  static let shapes = [
    [1, 1, 1, 1, 1], [2, 1, 5, 7, 3], [1, 3, 4, 6, 3], [2, 4, 3, 9, 1], [1, 2, 1, 5, 2], [1, 2, 6, 1, 4],
    [3, 8, 16, 17, 3],
  ]

  /// The gradient check of a loss at given errors.
  private func problems(_ loss: ReconstructionLoss, _ errors: [Float], _ shape: [Int]) -> [String] {
    let output = gaussian(shape, seed: 8)
    let target = output.copied()
    target.add(Tensor(errors, shape), scale: -1)
    return gradientProblems(
      of: Differentiable(["output": output]) { inputs in
        let losses = loss(output: inputs[0], target: target, share: 0).losses
        return (
          Tensor([Float(losses.reduce(0, +) / Double(losses.count))], [1]),
          {
            [loss(output: inputs[0], target: target, share: Double($0.values[0])).gradient]
          }
        )
      })
  }

  @Test(arguments: shapes)
  func gradientsAreRight(shape: [Int]) {
    let apart = ErrorPatterns.apart(shape)
    #expect(problems(ReconstructionLoss(absolute: 1), apart, shape) == [])
    #expect(problems(ReconstructionLoss(absolute: 0, squared: 0.7), gaussian(shape).values, shape) == [])
    #expect(problems(ReconstructionLoss(absolute: 0, spatialDifference: 0.5), apart, shape) == [])
    #expect(problems(ReconstructionLoss(absolute: 0, temporalDifference: 2), apart, shape) == [])
    #expect(
      problems(
        ReconstructionLoss(absolute: 0.3, squared: 1, spatialDifference: 0.5, temporalDifference: 2), apart,
        shape) == [])
  }

  @Test(
    arguments: shapes, [HaarPyramid(), HaarPyramid(levels: 1, rise: 3), HaarPyramid(levels: 5, rise: 1.5)])
  func gradientsOfThePyramidAreRight(shape: [Int], bands: HaarPyramid) {
    let errors = ErrorPatterns.ofCoefficients(shape, levels: bands.levels)
    #expect(problems(ReconstructionLoss(absolute: 0, pyramid: 1.5, bands: bands), errors, shape) == [])
  }

  /// By PyTorch (Tests/Fixtures/make_reconstruction_fixtures.py).
  @Test func everyTermIsThatOfPyTorch() throws {
    for golden in try ReconstructionFixture.load().losses {
      let (output, target) = (Tensor(golden.output, golden.shape), Tensor(golden.target, golden.shape))
      for term in golden.terms {
        let loss = try #require(term.loss)
        let (losses, gradient) = loss(output: output, target: target, share: 1)
        #expect(losses.count == term.losses.count)
        for (ours, theirs) in zip(losses, term.losses) {
          #expect(abs(ours - theirs) < 1e-6 * max(1, theirs), "\(term.term) of \(golden.shape)")
        }
        #expect(
          zip(gradient.values, term.gradient).allSatisfy { abs($0 - $1) < 1e-6 },
          "\(term.term) of \(golden.shape)")
      }
    }
  }

  private let all = ReconstructionLoss(
    absolute: 0.5, squared: 0.25, pyramid: 2, spatialDifference: 0.75, temporalDifference: 1.5)

  @Test func termsAddUp() {
    let shape = [2, 3, 5, 7, 3]
    let (output, target) = (gaussian(shape, seed: 1), gaussian(shape, seed: 2))
    let whole = all(output: output, target: target, share: 0.5)
    var (losses, gradient) = ([0.0, 0.0], Tensor.zeros(shape))
    for part in [
      ReconstructionLoss(absolute: 0.5), ReconstructionLoss(absolute: 0, squared: 0.25),
      ReconstructionLoss(absolute: 0, pyramid: 2), ReconstructionLoss(absolute: 0, spatialDifference: 0.75),
      ReconstructionLoss(absolute: 0, temporalDifference: 1.5),
    ] {
      let result = part(output: output, target: target, share: 0.5)
      losses = zip(losses, result.losses).map(+)
      gradient = gradient + result.gradient
    }
    for (a, b) in zip(whole.losses, losses) { #expect(abs(a - b) < 1e-6) }
    #expect(zip(whole.gradient.values, gradient.values).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test func whatIsExactHasNoLossAndNoGradient() {
    let clips = gaussian([2, 3, 5, 7, 3])
    let (losses, gradient) = all(output: clips, target: clips.copied(), share: 1)
    #expect(losses == [0, 0] && gradient.values.allSatisfy { $0 == 0 })
  }

  @Test func everyTermSeesItsOwn() {
    let shape = [1, 3, 4, 5, 3]
    let target = gaussian(shape)
    func loss(_ loss: ReconstructionLoss, _ error: Tensor) -> Double {
      loss(output: target + error, target: target, share: 1).losses[0]
    }
    let spatial = ReconstructionLoss(absolute: 0, spatialDifference: 1)
    let temporal = ReconstructionLoss(absolute: 0, temporalDifference: 1)
    // A clip that is too bright all over has no error in differences, and only the pyramid's low.
    let bright = Tensor.zeros(shape)
    bright.fill(0.25)
    #expect(loss(spatial, bright) < 1e-6 && loss(temporal, bright) < 1e-6)
    #expect(abs(loss(ReconstructionLoss(), bright) - 0.25) < 1e-6)
    #expect(abs(loss(ReconstructionLoss(absolute: 0, squared: 1), bright) - 0.0625) < 1e-6)
    let two = ReconstructionLoss(absolute: 0, pyramid: 1, bands: HaarPyramid(levels: 2, rise: 2))
    #expect(abs(loss(two, bright) - 0.25 / (2 + 1 + 1)) < 1e-6)
    // A still error has none in time; the same pattern that turns over at each frame has all of it.
    let pattern = gaussian([4, 5, 3], seed: 3).values
    #expect(loss(temporal, Tensor(pattern + pattern + pattern, shape)) < 1e-6)
    let turned = Tensor(pattern + pattern.map { -$0 } + pattern, shape)
    let size = pattern.reduce(0) { $0 + Double(abs($1)) } / Double(pattern.count)
    #expect(abs(loss(temporal, turned) - 2 * size) < 1e-5)
  }

  @Test func whatIsNotANumberIsTold() {
    let clips = Tensor.zeros([2, 1, 3, 3, 1])
    let broken = Tensor([Float](repeating: 0, count: 17) + [.nan], clips.shape)
    let losses = all(output: broken, target: clips, share: 1).losses
    #expect(losses[0] == 0 && losses[1].isNaN)
  }

  @Test func aRehearsalRunsThroughIt() {
    let plan = Plan.rehearse {
      let clips = Tensor([2, 3, 5, 7, 3])
      #expect(all(output: clips, target: clips, share: 1).losses == [0, 0])
    }
    #expect(plan.peakBytes > 0)
  }
}
