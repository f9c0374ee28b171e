import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct TextEncoderTests {
  struct Shape: Sendable {
    let texts: Int, length: Int, width: Int, depth: Int, heads: Int, headWidth: Int, feedForward: Int
    let lengths: [Int]
  }

  static let shapes = [
    Shape(texts: 1, length: 1, width: 2, depth: 1, heads: 1, headWidth: 1, feedForward: 1, lengths: [1]),
    Shape(texts: 2, length: 5, width: 7, depth: 2, heads: 2, headWidth: 3, feedForward: 9, lengths: [5, 2]),
    Shape(
      texts: 3, length: 8, width: 16, depth: 1, heads: 1, headWidth: 20, feedForward: 17, lengths: [8, 1, 5]),
    Shape(texts: 1, length: 70, width: 12, depth: 1, heads: 3, headWidth: 4, feedForward: 16, lengths: [66]),
    Shape(
      texts: 2, length: 17, width: 33, depth: 3, heads: 2, headWidth: 8, feedForward: 20, lengths: [17, 16]),
  ]

  @Test(arguments: shapes, [false, true])
  func gradientsAreRight(shape: Shape, biasPerBlock: Bool) {
    let store = ParameterStore()
    let model = encoder(shape, in: store, biasPerBlock: biasPerBlock)
    let ids = ids(shape)
    let piece = Differentiable([:], store) { _ in
      let (output, saved) = model.forward(ids, texts: shape.texts, lengths: shape.lengths)
      return (
        output,
        {
          model.backward($0, saved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func paddingIsNeverRead() {
    let shape = Self.shapes[1]  // 5 and 2 of 5 tokens
    let store = ParameterStore()
    let model = encoder(shape, in: store)
    store.allocate(seed: 1)
    var ids = ids(shape)
    let output = model.forward(ids, texts: 2, lengths: [5, 2]).output
    ids.replaceSubrange(7..., with: [1, 2, 3])
    let other = model.forward(ids, texts: 2, lengths: [5, 2]).output
    #expect(sameBits(output.view(at: 0, [7, 7]), other.view(at: 0, [7, 7])))
  }

  @Test func neighboursAndTheirOrderMatter() {
    let shape = Self.shapes[1]
    let store = ParameterStore()
    let model = encoder(shape, in: store)
    store.allocate(seed: 1)
    func first(_ ids: [Int]) -> Tensor { model.forward(ids, texts: 1, lengths: [3]).output.view(at: 0, [7]) }
    #expect(!sameBits(first([4, 5, 6]), first([4, 5, 7])))
    #expect(!sameBits(first([4, 5, 6]), first([4, 6, 5])))
  }

  @Test func oneTableIsSharedUnlessEachBlockHasItsOwn() {
    func tables(_ biasPerBlock: Bool) -> Int {
      let store = ParameterStore()
      _ = encoder(Self.shapes[4], in: store, biasPerBlock: biasPerBlock)
      return store.entries.count { $0.name.contains("relative_attention_bias") }
    }
    #expect(tables(false) == 1)
    #expect(tables(true) == 3)
  }

  private func encoder(_ shape: Shape, in store: ParameterStore, biasPerBlock: Bool = false) -> TextEncoder {
    TextEncoder(
      store.root,
      TextEncoderConfiguration(
        vocabulary: 11, width: shape.width, depth: shape.depth, heads: shape.heads,
        headWidth: shape.headWidth,
        feedForward: shape.feedForward, biasPerBlock: biasPerBlock))
  }

  private func ids(_ shape: Shape) -> [Int] { (0..<shape.texts * shape.length).map { $0 * 7 % 11 } }
}
