import GradientCheck
import Layers
import Models
import Tensors

/// A small text-to-video model of two blocks each, and a batch for it.
struct SmallModel {
  let model: TextToVideoModel

  init(
    _ policy: ParameterPolicy, width: Int = 12, depth: Int = 2, pooledText: Bool = true,
    biasPerBlock: Bool = false,
    recomputesBlocks: Bool = false
  ) {
    model = TextToVideoModel(
      text: TextEncoderConfiguration(
        vocabulary: 9, width: 10, depth: depth, heads: 2, headWidth: 4, feedForward: 12,
        biasPerBlock: biasPerBlock),
      transformer: VideoDiffusionTransformerConfiguration(
        channels: 2, patch: PatchSize(frames: 1, height: 2, width: 2), width: width, depth: depth, heads: 2,
        feedForward: width + 2, textWidth: 10, frequencyWidth: 8, pooledText: pooledText,
        recomputesBlocks: recomputesBlocks),
      flow: Flow(prediction: .velocity, shift: .constant(1)), policy: policy)
  }

  var parameters: ParameterStore { model.parameters }

  func forward() -> (output: Tensor, saved: TextToVideoModel.Saved) {
    model.forward(
      gaussian([2, 2, 2, 2, 4]), times: [0.1, 0.4, 0.8, 0.8], tokens: [3, 4, 1, 5, 1, 0], lengths: [3, 2])
  }

  /// Forward and backward once, the output's gradient the same each time.
  func pass() {
    let (output, saved) = forward()
    model.backward(gaussian(output.shape, seed: 9), saved)
  }

  /// All gradients of one pass, flat.
  func gradients() -> Tensor {
    parameters.zeroGradients()
    pass()
    return parameters.gradients.copied()
  }
}
