import Foundation
import GradientCheck
import Layers
import Models
import Tensors
import Testing

/// Whole models whose products are of bfloat16 are as near to double precision as PyTorch's are under autocast, whose errors
/// `Tests/Fixtures/make_precision_fixture.py` measured on the same parameters and inputs.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct NarrowModelsTests {
  private struct Errors: Decodable { let output: Double, gradients: Double, text: Double? }
  private struct Fixture: Decodable { let wan: Errors, t5: Errors }

  private let autocast: Fixture
  /// Ours may be this much worse: other numbers happen to be rounded up.
  private let margin = 1.25

  init() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(components: "Fixtures", "precision.json"))
    autocast = try JSONDecoder().decode(Fixture.self, from: data)
  }

  @Test(arguments: [false, true])
  func aTransformerIsAsNearAsAutocast(recomputesBlocks: Bool) throws {
    let published = try PublishedModel("wan.h5")
    let store = ParameterStore(policy: ParameterPolicy(computePrecision: .bfloat16))
    let model = VideoDiffusionTransformer(
      store.root, PublishedModel.transformer(recomputesBlocks: recomputesBlocks))
    try published.load(into: store)
    let text = try published.tensor("inputs/text")
    let (output, saved) = model.forward(
      try published.tensor("inputs/hidden_states"),
      times: try published.doubles("inputs/timestep").flatMap { Array(repeating: $0 / 1000, count: 4) },
      text: text.reshaped([text.rows, text.columns]), textLengths: nil)
    let textGradient = try #require(model.backward(try published.tensor("outputs/gradient"), saved))
    let outputError = error([(output, try published.tensor("outputs/sample"))])
    let textError = error([(textGradient, try published.tensor("gradients/inputs/text"))])
    let gradientError = try error(of: store, published)
    #expect(outputError < margin * autocast.wan.output)
    #expect(textError < margin * (try #require(autocast.wan.text)))
    #expect(gradientError < margin * autocast.wan.gradients)
    #expect(outputError > 1e-4)  // it is not float32
  }

  @Test func aTextEncoderIsAsNearAsAutocast() throws {
    let published = try PublishedModel("t5.h5")
    let store = ParameterStore(policy: ParameterPolicy(computePrecision: .bfloat16))
    let model = TextEncoder(
      store.root,
      TextEncoderConfiguration(
        vocabulary: 384, width: 24, depth: 2, heads: 2, headWidth: 8, feedForward: 40, biasPerBlock: false,
        biasBuckets: 8, biasDistance: 7))
    try published.load(into: store)
    let mask = try published.integers("inputs/mask")
    let lengths = [mask[..<9].reduce(0, +), mask[9...].reduce(0, +)]
    let (output, saved) = model.forward(try published.integers("inputs/ids"), texts: 2, lengths: lengths)
    model.backward(try published.tensor("outputs/gradient"), saved)
    let outputError = error([(output, try published.tensor("outputs/hidden"))])
    #expect(outputError < margin * autocast.t5.output)
    #expect(try error(of: store, published) < margin * autocast.t5.gradients)
    #expect(outputError > 1e-4)
  }

  private func error(of store: ParameterStore, _ published: PublishedModel) throws -> Double {
    error(
      try store.trainedEntries.map {
        (store.gradients.view(at: $0.offset, $0.shape), try published.tensor("gradients/\($0.name)"))
      })
  }

  /// ‖ours − theirs‖ / ‖theirs‖ over all pairs.
  private func error(_ pairs: [(ours: Tensor, theirs: Tensor)]) -> Double {
    var (wrong, size) = (0.0, 0.0)
    for (ours, theirs) in pairs {
      for (a, b) in zip(ours.values, theirs.values) {
        wrong += Double(a - b) * Double(a - b)
        size += Double(b) * Double(b)
      }
    }
    return (wrong / size).squareRoot()
  }
}
