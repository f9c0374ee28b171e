import Tensors
import Tokens

/// What one clip is sampled for.
public struct Wish: Sendable, Hashable {
  /// What the clip should show, in words.
  public let prompt: String

  /// A clip of a prompt.
  public init(prompt: String) { self.prompt = prompt }
}

/// The size of sampled clips, in pixels.
public struct SampleSize: Sendable, Hashable {
  /// F, H and W.
  public var frames: Int, height: Int, width: Int

  /// A size.
  public init(frames: Int, height: Int, width: Int) {
    self.frames = frames
    self.height = height
    self.width = width
  }
}

/// How clips are sampled.
public struct SamplerSettings: Sendable, Hashable {
  /// Solver steps from noise to clip.
  public var steps: Int
  /// How far to go beyond the plain prediction (classifier-free guidance); 1 for none.
  public var guidance: Double
  /// Seed of the noise.
  public var seed: UInt64

  /// Settings; by default 30 steps with guidance 4.
  public init(steps: Int = 30, guidance: Double = 4, seed: UInt64 = 0) {
    self.steps = steps
    self.guidance = guidance
    self.seed = seed
  }
}

/// Makes clips from wishes, with a model's parameters as they are at the call.
public protocol Sampler {
  /// Clips [B, 3, F, H, W] of B wishes; pixels are from −1 to 1.
  ///
  /// - Parameters:
  ///   - firstSample: clip b starts from the noise of (seed, firstSample + b), whatever clips are beside it.
  ///   - progress: called after each step with the share done, 0 to 1; sampling stops early if it returns false.
  func clips(
    for wishes: [Wish], size: SampleSize, settings: SamplerSettings, firstSample: Int,
    progress: (Double) -> Bool
  ) -> Tensor
  /// What every size is a multiple of: the model's patch.
  var sizeUnit: SampleSize { get }
  /// The frames that are left when a number of frames is divided by the unit's; 0 by default.
  var frameRemainder: Int { get }
  /// How many of some prompts are longer than what the model reads of one; nil when it reads none.
  func cut(_ prompts: [String]) -> CutCaptions?
  /// Words of a prompt that the model has never seen.
  func unknownWords(in prompt: String) -> [String]
}

extension Sampler {
  /// Frames are a multiple of the unit's.
  public var frameRemainder: Int { 0 }
}
