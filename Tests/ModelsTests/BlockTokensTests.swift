import GradientCheck
import Layers
import Models
import Tensors
import Testing

/// Tokens behind a block: the same as at the end of a model that has no more blocks.
struct BlockTokensTests {
  private func encoder(
    _ layout: EncoderLayout, depth: Int, hasFinalNorm: Bool = true
  ) -> VideoEncoder {
    let store = ParameterStore()
    let encoder = VideoEncoder(
      store.root, VideoEncoderTests.configuration(layout, hasFinalNorm: hasFinalNorm, depth: depth))
    store.allocate(seed: 1)
    return encoder
  }

  @Test(arguments: EncoderLayout.allCases)
  func behindTheLastBlockOfAnEncoderStandsItsNorm(layout: EncoderLayout) {
    let whole = encoder(layout, depth: 3)
    let clips = VideoEncoderTests.clips
    #expect(whole.output(clips, through: 3).values == whole.output(clips).values)
    let (tokens, _) = whole.forward(clips)
    #expect(whole.output(clips, through: 3).values == tokens.values)
    #expect(whole.output(clips, through: 2).values != tokens.values)
  }

  @Test func theFirstBlocksOfAnEncoderAreAnEncoder() {
    let clips = VideoEncoderTests.clips
    let whole = encoder(.videoMAE, depth: 3)
    for block in 1...2 {
      let part = encoder(.videoMAE, depth: block, hasFinalNorm: false)
      #expect(whole.output(clips, through: block).values == part.output(clips).values, "\(block)")
    }
  }

  /// What is seen alone, and beside another clip.
  @Test func eachBlockOfATransformerHasTokensOfItsOwn() {
    let small = SmallModel(.trainEverything, depth: 2)
    small.parameters.allocate(seed: 2)
    let clips = gaussian([2, 2, 2, 2, 4])
    func tokens(_ block: Int) -> Tensor {
      small.model.tokens(
        clips, times: [0.1, 0.4, 0.8, 0.8], ids: [3, 4, 1, 5, 1, 0], lengths: [3, 2], behind: block)
    }
    #expect(tokens(1).shape == [8, 12] && tokens(1).values != tokens(2).values)
    #expect(tokens(2).values.allSatisfy { $0.isFinite })
    let first = small.model.tokens(
      clips.view(at: 0, [1, 2, 2, 2, 4]), times: [0.1, 0.4], ids: [3, 4, 1], lengths: [3], behind: 2)
    for (a, b) in zip(first.values, tokens(2).values) { #expect(abs(a - b) < 1e-5) }
  }

  /// A transformer of one block, whose parameters are drawn alike.
  @Test func theFirstBlocksOfATransformerAreATransformer() {
    func tokens(depth: Int) -> [Float] {
      let store = ParameterStore()
      let transformer = VideoDiffusionTransformer(
        store.root,
        VideoDiffusionTransformerConfiguration(
          channels: 2, patch: PatchSize(frames: 1, height: 2, width: 2), width: 12, depth: depth, heads: 2,
          feedForward: 14, textWidth: 10, frequencyWidth: 8, pooledText: false))
      store.allocate(seed: 1)
      return transformer.tokens(
        gaussian([1, 2, 2, 2, 4]), times: [0.1, 0.4], text: gaussian([3, 10]), textLengths: nil, behind: 1
      ).values
    }
    #expect(tokens(depth: 1) == tokens(depth: 2))
  }

  @Test(arguments: EncoderLayout.allCases)
  func theVectorsOfAPoolerAreThoseThatClassesAreToldBy(layout: EncoderLayout) throws {
    let model = VideoClassifierTests.classifier(layout, .attentive(depth: 1))
    model.parameters.allocate(seed: 3)
    let clips = VideoEncoderTests.clips
    let pooling = try #require(model.attentivePooling)
    let vectors = pooling(model.encoder.output(clips), 2)
    func value(_ name: String) throws -> Tensor {
      model.parameters.values(of: try #require(model.parameters.entries.first { $0.name == name }))
    }
    let logits = Tensor([2, 5])
    multiply(
      vectors, transposed: try value("classifier.weight"), into: logits,
      plus: .row(try value("classifier.bias")))
    #expect(logits.values == model.output(clips).values)
    #expect(VideoClassifierTests.classifier(layout, .mean).attentivePooling == nil)
  }
}
