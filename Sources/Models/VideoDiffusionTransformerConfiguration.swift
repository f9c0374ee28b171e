import Layers
import Tensors

/// Sizes of a video diffusion transformer.
public struct VideoDiffusionTransformerConfiguration: Sendable, Equatable {
  /// C, of the clips (3 for pixels, 16 for Wan's latents).
  public var channels: Int
  /// Pixels that one token holds.
  public var patch: PatchSize
  /// D, the number of blocks, A and M.
  public var width: Int, depth: Int, heads: Int, feedForward: Int
  /// The width of the text encoder's vectors.
  public var textWidth: Int
  /// The width of the time's sinusoid.
  public var frequencyWidth: Int
  /// Adds a projection of the mean text vector to the time's embedding, so that the caption also reaches the modulation
  /// of every block. Not in Wan's layout; small models learn to follow captions much sooner with it.
  public var pooledText: Bool
  /// Adds a fixed code of its place in the clip to each token. Not in Wan's layout, which tells distances only; small models
  /// learn motions much sooner with it.
  public var absolutePositions: Bool
  /// Keeps only each block's input for backward, which computes the rest again: less memory, one more forward pass.
  public var recomputesBlocks: Bool
  /// How what blocks keep for backward lies in memory. bfloat16 takes half the bytes; gradients are then of activations
  /// that are rounded.
  public var savedPrecision: Precision

  /// Sizes of a video diffusion transformer.
  public init(
    channels: Int, patch: PatchSize, width: Int, depth: Int, heads: Int, feedForward: Int, textWidth: Int,
    frequencyWidth: Int = 256, pooledText: Bool = false, absolutePositions: Bool = false,
    recomputesBlocks: Bool = false, savedPrecision: Precision = .float32
  ) {
    self.channels = channels
    self.patch = patch
    self.width = width
    self.depth = depth
    self.heads = heads
    self.feedForward = feedForward
    self.textWidth = textWidth
    self.frequencyWidth = frequencyWidth
    self.pooledText = pooledText
    self.absolutePositions = absolutePositions
    self.recomputesBlocks = recomputesBlocks
    self.savedPrecision = savedPrecision
  }
}
