import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct VideoClassifierTests {
  static let poolings: [TokenPooling] = [.mean, .attentive(depth: 0), .attentive(depth: 2)]

  static func classifier(
    _ layout: EncoderLayout, _ pooling: TokenPooling, _ policy: ParameterPolicy = .trainEverything
  ) -> VideoClassifier {
    VideoClassifier(
      VideoEncoderTests.configuration(layout, hasFinalNorm: pooling != .mean), pooling: pooling, classes: 5,
      policy: policy)
  }

  @Test(arguments: EncoderLayout.allCases, poolings)
  func gradientsAreRight(layout: EncoderLayout, pooling: TokenPooling) {
    let model = Self.classifier(layout, pooling)
    let piece = Differentiable([:], model.parameters) { _ in
      let (logits, saved) = model.forward(VideoEncoderTests.clips)
      return (
        logits,
        {
          model.backward($0, saved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: [(1, 1), (1, 4), (3, 1), (2, 17), (5, 3)])
  func gradientsOfThePoolerAreRight(clips: Int, tokens: Int) {
    let store = ParameterStore()
    let pooler = AttentivePooler(
      store.root, BlockSizes(width: 9, depth: 1, heads: 3, feedForward: 14))
    let piece = Differentiable(["tokens": gaussian([clips * tokens, 9])], store) { inputs in
      let (output, saved) = pooler.forward(inputs[0], clips: clips)
      return (output, { [pooler.backward($0, saved)] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  /// What a probe trains has the bits that it has when all is trained, and the encoder's backward is not computed.
  @Test(arguments: EncoderLayout.allCases, poolings)
  func aProbeIsTheHeadOfTheWhole(layout: EncoderLayout, pooling: TokenPooling) {
    let head = ["pooler", "fc_norm", "classifier"].map { NamePattern($0) }
    func gradients(_ policy: ParameterPolicy) -> VideoClassifier {
      let model = Self.classifier(layout, pooling, policy)
      model.parameters.allocate(seed: 1)
      let (logits, saved) = model.forward(VideoEncoderTests.clips)
      model.backward(gaussian(logits.shape, seed: 3), saved)
      return model
    }
    let part = gradients(ParameterPolicy(frozen: [NamePattern("*")], trained: head))
    let whole = gradients(.trainEverything)
    #expect(!part.encoder.isTrained && whole.encoder.isTrained)
    #expect(part.parameters.trainedEntries.allSatisfy { entry in head.contains { $0.matches(entry.name) } })
    for (mine, other) in zip(part.parameters.entries, whole.parameters.entries) where !mine.isFrozen {
      #expect(
        part.parameters.gradients.view(at: mine.offset, mine.shape).values
          == whole.parameters.gradients.view(at: other.offset, other.shape).values, "\(mine.name)")
    }
  }

  @Test func theOutputAloneIsThatOfForward() {
    let model = Self.classifier(.vJEPA2, .attentive(depth: 1))
    model.parameters.allocate(seed: 1)
    #expect(
      model.output(VideoEncoderTests.clips).values == model.forward(VideoEncoderTests.clips).logits.values)
  }
}

/// The same answers and gradients as transformers' classifiers.
struct PublishedClassifierTests {
  @Test func theMeanIsThatOfVideoMAE() throws {
    let published = try PublishedModel("videomae_classifier.h5")
    try check(
      published,
      VideoEncoderConfiguration(
        layout: .videoMAE, patch: try published.patch(),
        blocks: try published.blocks("", recomputesBlocks: false), hasFinalNorm: false), .mean)
  }

  @Test func thePoolerIsThatOfVJEPA2() throws {
    let published = try PublishedModel("vjepa2_classifier.h5")
    let width = try published.size("hidden_size")
    try check(
      published,
      VideoEncoderConfiguration(
        layout: .vJEPA2, patch: try published.patch(),
        blocks: BlockSizes(
          width: width, depth: try published.size("num_hidden_layers"),
          heads: try published.size("num_attention_heads"),
          feedForward: try published.tensor("parameters/vjepa2.encoder.layer.0.mlp.fc1.bias").count)),
      .attentive(depth: try published.size("num_pooler_layers")))
  }

  private func check(
    _ published: PublishedModel, _ encoder: VideoEncoderConfiguration, _ pooling: TokenPooling
  ) throws {
    let model = VideoClassifier(encoder, pooling: pooling, classes: try published.size("num_labels"))
    try published.load(into: model.parameters)
    let (logits, saved) = model.forward(try published.clips())
    try published.expect(logits, "outputs/logits")
    model.backward(try published.tensor("outputs/gradient"), saved)
    try published.expectGradients(in: model.parameters)
  }
}
