import Models
import Tensors
import Tokens

/// Samples clips of prompts from a text-to-video model.
public struct TextToVideoSampler: Sampler {
  private let model: TextToVideoModel
  private let tokenizer: any Tokenizer
  private let maximumTextLength: Int

  /// - Parameters:
  ///   - tokenizer: prompts to ids, as in training.
  ///   - maximumTextLength: longer prompts are cut to this many tokens.
  public init(_ model: TextToVideoModel, tokenizer: any Tokenizer, maximumTextLength: Int) {
    self.model = model
    self.tokenizer = tokenizer
    self.maximumTextLength = maximumTextLength
  }

  /// Follows the velocity from noise to clips; prompts are padded to the longest of them.
  public func clips(
    for wishes: [Wish], size: SampleSize, settings: SamplerSettings, firstSample: Int,
    progress: (Double) -> Bool
  ) -> Tensor {
    FlowSampler(model: model, steps: settings.steps, guidance: settings.guidance).clips(
      for: tokens(wishes.map(\.prompt)), empty: tokens([""]),
      shape: [wishes.count, model.transformer.configuration.channels, size.frames, size.height, size.width],
      seed: settings.seed, firstSample: firstSample
    ) { progress(Double($0) / Double(settings.steps)) }
  }

  /// The patch.
  public var sizeUnit: SampleSize {
    let patch = model.transformer.configuration.patch
    return SampleSize(frames: patch.frames, height: patch.height, width: patch.width)
  }

  /// Those that the tokenizer does not know.
  public func unknownWords(in prompt: String) -> [String] { tokenizer.unknownWords(in: prompt) }

  /// By the length of captions in training.
  public func cut(_ prompts: [String]) -> CutCaptions? {
    CutCaptions(prompts, tokenizer, limit: maximumTextLength)
  }

  private func tokens(_ prompts: [String]) -> FlowSampler.Prompts {
    let batch = TokenBatch(prompts, tokenizer: tokenizer, maximumLength: maximumTextLength)
    return FlowSampler.Prompts(ids: batch.ids, lengths: batch.lengths)
  }
}
