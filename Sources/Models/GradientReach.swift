/// How far the way back through a video diffusion transformer goes: to the lowest block that is trained, or through all of
/// them where something before the blocks is trained or asked for.
struct GradientReach {
  /// Whether gradients of the times' vectors and of the text tokens are computed: every block adds to them.
  let time: Bool, text: Bool
  /// Whether the patch embedding is trained.
  let patches: Bool
  /// The lowest block that backward comes to; the number of blocks if it comes to none.
  let firstBlock: Int
  /// Whether backward goes on behind the head's projection.
  let passesHead: Bool

  /// - Parameters:
  ///   - patches, blocks, headTable: whether the patch embedding, each of the blocks and the head's table are trained.
  init(condition: ConditionEmbedding, patches: Bool, blocks: [Bool], headTable: Bool) {
    time = condition.needsTimeGradient
    text = condition.needsTextGradient
    self.patches = patches
    firstBlock = time || text || patches ? 0 : blocks.firstIndex(of: true) ?? blocks.count
    passesHead = headTable || time || patches || firstBlock < blocks.count
  }
}
