import Clips
import Layers
import Objectives
import Tensors

/// A made-up objective: the mean square of each clip with noise over it, that of its position, under three conditions.
struct NoisyBrightness: Objective {
  let parameters = ParameterStore()
  let conditionTitle = "noise"
  let heldOutConditions = ["little", "some", "much"]

  func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] { [] }

  func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let clips = examples.clips
    let noise = Tensor(clips.shape)
    noise.fillGaussian(
      seed: position.seed, purpose: .check, step: position.step, firstSample: position.firstSample)
    let size = clips.count / examples.count
    return (0..<examples.count).map { clip in
      (clip * size..<(clip + 1) * size).reduce(0.0) { sum, place in
        let value = Double(clips.pointer[place] + Float(condition) * noise.pointer[place])
        return sum + value * value
      } / Double(size)
    }
  }
}
