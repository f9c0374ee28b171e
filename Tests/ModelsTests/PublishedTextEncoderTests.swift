import Layers
import Models
import Tensors
import Testing

/// The same answers and gradients as transformers' `T5EncoderModel` and `UMT5EncoderModel`.
struct PublishedTextEncoderTests {
  @Test(arguments: [("t5.h5", false), ("umt5.h5", true)])
  func outputsAndGradientsAreThoseOfTransformers(file: String, biasPerBlock: Bool) throws {
    let published = try PublishedModel(file)
    let store = ParameterStore()
    let model = TextEncoder(
      store.root,
      TextEncoderConfiguration(
        vocabulary: 384, width: 24, depth: 2, heads: 2, headWidth: 8, feedForward: 40,
        biasPerBlock: biasPerBlock,
        biasBuckets: 8, biasDistance: 7))
    try published.load(into: store)
    let lengths = try published.integers("inputs/mask").split(by: 9).map { $0.reduce(0, +) }
    let (output, saved) = model.forward(try published.integers("inputs/ids"), texts: 2, lengths: lengths)
    try published.expect(output, "outputs/hidden")
    model.backward(try published.tensor("outputs/gradient"), saved)
    try published.expectGradients(in: store)
  }
}

extension Array {
  /// Rows of `size` elements.
  fileprivate func split(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<$0 + size] }
  }
}
