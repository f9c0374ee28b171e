import Layers
import Models
import Optimizers
import Tensors

/// A transformer with random parameters and data, and the training step on it: the one that all figures of steps are of.
struct StepBench {
  let parameters: ParameterStore
  private let transformer: VideoDiffusionTransformer
  private let optimizer: AdamW
  private let clip: Tensor, text: Tensor
  private let times: [Double]

  init(_ model: BenchModel) {
    parameters = model.store
    transformer = VideoDiffusionTransformer(parameters.root, model.configuration)
    parameters.allocate(seed: 0)
    optimizer = AdamW(parameters, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01))
    clip = Tensor(model.clipShape)
    clip.fillGaussian(seed: 0, purpose: .check, step: 0)
    text = Tensor([model.clips * BenchModel.textTokens, BenchModel.textWidth])
    text.fillGaussian(seed: 0, purpose: .check, step: 1)
    times = Array(repeating: 0.5, count: model.clips * model.size[0] / BenchModel.patch.frames)
  }

  /// The products of a step: its operations, and each shape with how often it occurs.
  var plan: Plan { Plan.rehearse { addGradients() } }

  /// Forward, backward, clipping and the update.
  func step() {
    parameters.zeroGradients()
    addGradients()
    let norm = parameters.gradients.sumOfSquares.squareRoot()
    optimizer.update(rate: 1e-4, gradientScale: 1 / max(1, norm))
  }

  /// Forward and backward of a loss whose gradient is the output and the clip.
  private func addGradients() {
    let (output, saved) = transformer.forward(clip, times: times, text: text, textLengths: nil)
    _ = transformer.backward(output + clip, saved)
  }
}
