import GradientCheck
import Layers
import Tensors
import Testing

struct EmbeddingTests {
  /// Vocabulary, width, ids: one row, ids again and again, rows that nobody looks up, more columns than a tile.
  static let cases: [(vocabulary: Int, width: Int, ids: [Int])] = [
    (1, 1, [0]), (3, 5, [2, 2, 0, 2]), (10, 16, [9, 0, 9]), (7, 33, Array(repeating: 4, count: 70)),
    (5, 130, [1, 3, 1, 4, 1]),
  ]

  @Test(arguments: cases)
  func gradientsAreRight(sizes: (vocabulary: Int, width: Int, ids: [Int])) {
    let store = ParameterStore()
    let layer = Embedding(store.root, vocabulary: sizes.vocabulary, width: sizes.width)
    let piece = Differentiable([:], store) { _ in
      let (output, saved) = layer.forward(sizes.ids)
      return (
        output,
        {
          layer.backward($0, saved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func looksUpRows() {
    let store = ParameterStore()
    let layer = Embedding(store.root, vocabulary: 3, width: 2)
    store.allocate(seed: 1)
    layer.weight.value.copy(from: Tensor([0, 1, 10, 11, 20, 21], [3, 2]))
    #expect(layer.forward([2, 0, 2]).output.values == [20, 21, 0, 1, 20, 21])
    #expect(!layer.weight.entry.decays)
  }
}
