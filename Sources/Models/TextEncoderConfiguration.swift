/// Sizes of a text encoder.
public struct TextEncoderConfiguration: Sendable, Equatable {
  /// Token ids lie in 0..<vocabulary.
  public var vocabulary: Int
  /// D, the number of blocks, A, K and M.
  public var width: Int, depth: Int, heads: Int, headWidth: Int, feedForward: Int
  /// One bias table for each block (umT5) instead of one shared by all (T5).
  public var biasPerBlock: Bool
  /// Buckets of the relative position bias, and the distance from which on all share the last one.
  public var biasBuckets: Int, biasDistance: Int

  /// Sizes of a text encoder.
  public init(
    vocabulary: Int, width: Int, depth: Int, heads: Int, headWidth: Int, feedForward: Int,
    biasPerBlock: Bool = false, biasBuckets: Int = 32, biasDistance: Int = 128
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.depth = depth
    self.heads = heads
    self.headWidth = headWidth
    self.feedForward = feedForward
    self.biasPerBlock = biasPerBlock
    self.biasBuckets = biasBuckets
    self.biasDistance = biasDistance
  }
}
