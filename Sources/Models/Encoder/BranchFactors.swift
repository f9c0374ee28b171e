/// What the branches of a stack's blocks are multiplied by in a training pass with drop path: 0, or 1 over the share that
/// stays.
public struct BranchFactors: Sendable {
  /// Those of a block, one a clip.
  public struct Block: Sendable {
    let attention: [Float], feedForward: [Float]

    /// Factors of both branches.
    public init(attention: [Float], feedForward: [Float]) {
      self.attention = attention
      self.feedForward = feedForward
    }
  }

  /// One for each block.
  public let blocks: [Block]

  /// Factors of a stack's blocks, in order.
  public init(_ blocks: [Block]) { self.blocks = blocks }
}
