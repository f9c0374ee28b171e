import Clips
import Layers
import Models
import Objectives
import Optimizers
import Tensors
import Tokens
import Training

/// A small training step that never changes, so that what it costs can be compared with what it cost before.
///
/// Two clips of 2 × 4 × 4 tokens with captions, a text encoder of one block and a transformer of two in Wan's layout:
/// forward, backward, clipping and AdamW with an average. All that varies in training (times, noise, dropped captions)
/// is drawn for step 0 each time. It computes on one thread, since a thread more takes scratch memory more.
package final class FixedStep {
  private let step: TrainingStep
  private let examples: Examples

  package init() {
    let model = TextToVideoModel(
      text: TextEncoderConfiguration(
        vocabulary: ByteTokenizer().vocabularySize, width: 48, depth: 1, heads: 2, headWidth: 24,
        feedForward: 96),
      transformer: VideoDiffusionTransformerConfiguration(
        channels: 3, patch: PatchSize(frames: 1, height: 2, width: 2), width: 96, depth: 2, heads: 2,
        feedForward: 384, textWidth: 48, frequencyWidth: 64),
      flow: Flow(prediction: .velocity, shift: .constant(3)))
    model.parameters.allocate(seed: 1, withAverage: true)
    let objective = RectifiedFlow(
      model: model, tokenizer: ByteTokenizer(), maximumTextLength: 32, paddedTextLength: 32,
      timeLaw: .init(mean: 0, deviation: 1), captionDropout: 0)
    let optimizer = AdamW(
      model.parameters, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01))
    step = TrainingStep(objective, optimizer, gradientClipNorm: 1, averageLaw: AverageLaw(decay: 0.999))
    let clips = Tensor([2, 3, 2, 8, 8])
    clips.fillGaussian(seed: 1, purpose: .check, step: 0)
    examples = Examples(clips: clips, captions: ["a red circle moves left", "a blue square moves up"])
  }

  /// Takes one step.
  /// - Returns: its loss.
  @discardableResult
  package func run() -> Double {
    Parallel.withThreads(1) {
      step([examples], at: Position(seed: 1, step: 0), rate: 1e-3).loss
    }
  }
}
