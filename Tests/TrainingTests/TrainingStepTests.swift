import Clips
import Foundation
import GradientCheck
import Layers
import Manifests
import Objectives
import Optimizers
import Tensors
import Testing
import Video

@testable import Training

private func state() throws -> (TemporaryFolder, RunState, TrainingStep) {
  let folder = try TemporaryFolder()
  let state = try RunState(SmallRun(in: folder).blueprint)
  let step = TrainingStep(state.subject.objective, state.optimizer, gradientClipNorm: 1)
  return (folder, state, step)
}

private func examples(_ clips: Tensor, named names: [String]) -> Examples {
  Examples(
    clips: clips,
    entries: names.enumerated().map {
      ClipEntry(index: $0, file: ClipFile(path: $1), name: $1, caption: "a caption")
    })
}

private let shape = [2, 3, 4, 16, 16]
private let position = Position(seed: 1, step: 7)

@Test func aClipThatIsNotFiniteIsRefusedByNameAndTouchesNothing() throws {
  let (_, state, step) = try state()
  let clips = gaussian(shape)
  clips.pointer[clips.count - 5] = .nan  // in the second clip
  let before = state.hash
  let result = step(
    [examples(clips, named: ["good.mp4", "bad.mp4"])], at: position, rate: 0.1)
  let refusal = try #require(result.refusal)
  #expect(refusal.clips == ["bad.mp4"])
  #expect("\(refusal)".contains("step 8") && "\(refusal)".contains("bad.mp4"))
  #expect(state.hash == before)
}

@Test func aGradientThatOverflowsIsRefusedNamingTheTensor() throws {
  let (_, state, step) = try state()
  // The pixels overflow the head's gradient but not the loss, which is a mean.
  let name = "transformer.proj_out.weight"
  let entry = try #require(state.parameters.entries.first { $0.name == name })
  let before = state.hash
  struct Broken: Objective {
    let real: any Objective
    let offset: Int
    var parameters: ParameterStore { real.parameters }
    var conditionTitle: String { "" }
    var heldOutConditions: [String] { [] }
    func heldOutLosses(_: Examples, condition: Int, at: Position) -> [Double] { [] }
    func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
      let losses = real.addGradients(examples, at: position, share: share)
      parameters.gradients.pointer[offset] = .infinity
      return losses
    }
  }
  let broken = TrainingStep(
    Broken(real: state.subject.objective, offset: entry.offset + 3), state.optimizer,
    gradientClipNorm: 1)
  let result = broken(
    [examples(gaussian(shape), named: ["x", "y"])], at: position, rate: 0.1)
  #expect(result.refusal?.cause == .gradient(of: name))
  #expect(result.refusal?.clips == ["x", "y"])
  #expect(state.hash == before)
  #expect(
    step(
      [examples(gaussian(shape), named: ["x", "y"])], at: position, rate: 0.1
    ).refusal == nil)
  #expect(state.hash != before)
}

@Test func aLargeGradientIsScaledToTheLimit() throws {
  let (_, state, _) = try state()
  // The first update of Adam does not depend on the gradient's size, the second moment does: m = (1 − β₁) g · scale.
  let limit = 1e-3
  let step = TrainingStep(state.subject.objective, state.optimizer, gradientClipNorm: limit)
  let result = step(
    [examples(gaussian(shape), named: ["x", "y"])], at: position, rate: 0)
  #expect(result.gradientNorm > limit)
  let moment =
    (state.optimizer as! AdamW).firstMoment.sumOfSquares.squareRoot()
    / (1 - state.blueprint.recipe.optimizer.constants.beta1)
  #expect(abs(moment - limit) < 1e-3 * limit)
}
