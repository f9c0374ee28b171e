import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct VideoEncoderTests {
  static func configuration(
    _ layout: EncoderLayout, hasFinalNorm: Bool = true, recomputesBlocks: Bool = false, depth: Int = 2
  ) -> VideoEncoderConfiguration {
    VideoEncoderConfiguration(
      layout: layout, patch: PatchSize(frames: 2, height: 2, width: 3),
      blocks: BlockSizes(
        width: 14, depth: depth, heads: 2, feedForward: 20, recomputesBlocks: recomputesBlocks),
      hasFinalNorm: hasFinalNorm)
  }

  /// Clips of 2 × 2 × 2 tokens.
  static let clips = gaussian([2, 3, 4, 4, 6])
  static let selection = TokenSelection([[6, 1, 2], [0, 7, 3]], of: 8)

  @Test(arguments: EncoderLayout.allCases, [(false, false), (false, true), (true, false), (true, true)])
  func gradientsAreRight(layout: EncoderLayout, choices: (isMasked: Bool, recomputesBlocks: Bool)) {
    let (isMasked, recomputesBlocks) = choices
    let store = ParameterStore()
    let encoder = VideoEncoder(
      store.root, Self.configuration(layout, hasFinalNorm: isMasked, recomputesBlocks: recomputesBlocks))
    let dropPath = DropPath(rate: 0.5, depth: 2, seed: 1, step: 4)
    let piece = Differentiable([:], store) { _ in
      let (tokens, saved) = encoder.forward(
        Self.clips, seeing: isMasked ? Self.selection : nil, dropPath: isMasked ? nil : dropPath)
      return (
        tokens,
        {
          encoder.backward($0, saved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: EncoderLayout.allCases)
  func whatIsNotSeenDoesNotMatter(layout: EncoderLayout) {
    let store = ParameterStore()
    let encoder = VideoEncoder(store.root, Self.configuration(layout))
    store.allocate(seed: 1)
    let before = encoder.output(Self.clips, seeing: Self.selection)
    // The first clip's token 0 holds its first pixels; the second clip's token 4 begins at frame 2.
    let changed = Self.clips.copied()
    changed.pointer[0] = 9
    changed.pointer[3 * 4 * 24 + 2 * 24] = 9
    #expect(encoder.output(changed, seeing: Self.selection).values == before.values)
    #expect(encoder.output(changed).values != encoder.output(Self.clips).values)
  }

  /// All tokens in their order are what no selection is.
  @Test(arguments: EncoderLayout.allCases)
  func aSelectionOfAllIsNone(layout: EncoderLayout) {
    let store = ParameterStore()
    let encoder = VideoEncoder(store.root, Self.configuration(layout))
    store.allocate(seed: 1)
    #expect(
      encoder.output(Self.clips, seeing: .all(8, clips: 2)).values == encoder.output(Self.clips).values)
  }

  /// The encoder's products are those of the visible tokens: a quarter of them costs a quarter, and a sixteenth in attention.
  @Test func hiddenTokensCostNothing() {
    func operations(seeing places: Int?) -> Int {
      let plan = Plan.rehearse {
        let store = ParameterStore()
        let encoder = VideoEncoder(store.root, Self.configuration(.videoMAE))
        store.allocate(seed: 1)
        let clips = Tensor([2, 3, 8, 8, 12])
        let selection = places.map {
          TokenSelection(Array(repeating: Array(0..<$0), count: 2), of: 64)
        }
        let (tokens, saved) = encoder.forward(clips, seeing: selection)
        encoder.backward(tokens, saved)
      }
      return plan.productOperations
    }
    // Two products of scores' size forward and five backward, in two blocks for two clips.
    func attention(_ tokens: Int) -> Int { 7 * 2 * tokens * tokens * 14 * 2 * 2 }
    #expect(operations(seeing: nil) - attention(64) == 4 * (operations(seeing: 16) - attention(16)))
  }

  /// Backward ends at the lowest trained block, with the bits of the whole way.
  @Test(arguments: ["encoder.layer.3", "encoder.layer.1.mlp.fc2", "encoder.layernorm", "encoder.embeddings"])
  func gradientsAreThoseOfTheWholeWay(trained: String) {
    func gradients(_ policy: ParameterPolicy) -> (ParameterStore, Tensor) {
      let store = ParameterStore(policy: policy)
      let encoder = VideoEncoder(store.root, Self.configuration(.vJEPA2, depth: 4))
      store.allocate(seed: 1)
      let (tokens, saved) = encoder.forward(Self.clips)
      encoder.backward(gaussian(tokens.shape, seed: 3), saved)
      return (store, store.gradients)
    }
    let (part, mine) = gradients(
      ParameterPolicy(frozen: [NamePattern("*")], trained: [NamePattern(trained)]))
    let (whole, expected) = gradients(.trainEverything)
    #expect(!part.trainedEntries.isEmpty)
    for (entry, other) in zip(part.entries, whole.entries) where !entry.isFrozen {
      #expect(
        mine.view(at: entry.offset, entry.shape).values
          == expected.view(at: other.offset, other.shape).values, "\(entry.name)")
    }
  }
}
