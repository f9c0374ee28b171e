import Clips
import Evaluation
import Layers
import Manifests
import Models
import SyntheticClips
import Tasks
import Tensors
import TestClips
import Testing
import Tokens

@testable import Features

/// Features of models as tasks give them.
struct ModelFeaturesTests {
  private let shape = ClipShape(frames: 2, height: 8, width: 8, frameRate: 8)
  private let small: SmallSet
  private var output: String { small.folder.path + "/f.h5" }

  init() throws { small = try SmallSet(SyntheticSettings(clips: 12, width: 16, height: 16)) }

  /// Three clips, of which the last is the first once more, with another caption.
  private func features(
    _ source: any FeatureSource, block: Int, time: Double? = nil, captions: Bool = true, pool: FeaturePool
  ) throws -> ClipFeatures {
    let list = try Manifest.load(
      small.folder.write(
        "set/list.csv",
        "path,caption\nclips/000000.mp4,one\nclips/000001.mp4,two\nclips/000000.mp4,three\n"))
    _ = try FeatureExtraction(
      source,
      identity: FeatureIdentity(
        weights: "w", kind: "k", block: block, depth: source.depth, time: time,
        readsCaptions: time.map { _ in captions }, pool: pool, clipShape: shape), manifest: list,
      reader: ViewReader(shape: shape)
    ).write(to: output)
    return try FeatureFile.read(output)
  }

  @Test(arguments: EncoderLayout.allCases)
  func aClassifiersMeanIsThatOfItsTokens(layout: EncoderLayout) throws {
    let model = VideoClassifier(
      VideoEncoderConfiguration(
        layout: layout, patch: PatchSize(frames: 1, height: 4, width: 4),
        blocks: BlockSizes(width: 24, depth: 2, heads: 2, feedForward: 32)), pooling: .attentive(depth: 0),
      classes: 3)
    model.parameters.allocate(seed: 1)
    let source = EncoderFeatures(model.encoder, pooling: model.attentivePooling)
    #expect(source.depth == 2 && source.width == 24 && source.standardTime == nil)
    let tokens = try features(source, block: 2, pool: .tokens)
    let mean = try features(source, block: 2, pool: .mean)
    #expect(tokens.tokens == 8 && mean.tokens == 1 && mean.clips.count == 3)
    for (place, value) in mean.values.enumerated() {
      let (clip, column) = (place / 24, place % 24)
      let sum = (0..<8).reduce(0.0) { $0 + Double(tokens.values[(clip * 8 + $1) * 24 + column]) }
      #expect(abs(Double(value) - sum / 8) < 1e-5)
    }
    #expect(mean.values.prefix(24) == mean.values.suffix(24))
    #expect(try features(source, block: 1, pool: .mean).values != mean.values)
    #expect(try features(source, block: 2, pool: .attentive).values.count == 3 * 24)
  }

  @Test func featuresOfADiffusionModelFollowFromClipAndCaption() throws {
    let tokenizer = ByteTokenizer()
    let model = TextToVideoModel(
      text: TextEncoderConfiguration(
        vocabulary: tokenizer.vocabularySize, width: 8, depth: 1, heads: 2, headWidth: 4, feedForward: 12,
        biasPerBlock: false),
      transformer: VideoDiffusionTransformerConfiguration(
        channels: 3, patch: PatchSize(frames: 1, height: 4, width: 4), width: 12, depth: 2, heads: 2,
        feedForward: 16, textWidth: 8, frequencyWidth: 8, pooledText: false),
      flow: Flow(prediction: .velocity, shift: .constant(1)))
    model.parameters.allocate(seed: 1)
    let source = DiffusionFeatures(
      model, tokenizer: tokenizer, maximumTextLength: 8, paddedTextLength: 8)
    #expect(source.standardTime == 0.3 && source.depth == 2 && source.attentivePooling == nil)
    let silent = try features(source, block: 2, time: 0.3, captions: false, pool: .mean).values
    // A copy has the same bits, wherever it stands.
    #expect(silent.prefix(12) == silent.suffix(12) && silent.prefix(12) != silent[12..<24])
    let told = try features(source, block: 2, time: 0.3, pool: .mean).values
    #expect(told.prefix(12) != told.suffix(12))
    #expect(try features(source, block: 2, time: 0.6, captions: false, pool: .mean).values != silent)
    #expect(try features(source, block: 1, time: 0.3, captions: false, pool: .mean).values != silent)

    // At time 0 the clip is all that is seen; at time 1 nothing of it is left.
    let clips = Tensor((0..<384).map { Float($0) / 400 }, [1, 3, 2, 8, 8])
    let clear = source.tokens(
      of: Examples(clips: clips, captions: [""]), FeatureLook(block: 2, time: 0, readsCaptions: false))
    let tokens = TokenBatch([""], tokenizer: tokenizer, maximumLength: 8, paddedTo: 8)
    let direct = model.tokens(clips, times: [0, 0], ids: tokens.ids, lengths: tokens.lengths, behind: 2)
    #expect(clear.values == direct.values)
    let noise = try features(source, block: 2, time: 1, captions: false, pool: .mean).values
    #expect(noise.prefix(12) == noise[12..<24])
  }
}
