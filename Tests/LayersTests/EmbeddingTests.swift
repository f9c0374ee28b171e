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

  private func lookup(_ layer: Embedding, _ ids: [Int], _ store: ParameterStore) -> Differentiable {
    Differentiable([:], store) { _ in
      let (output, saved) = layer.forward(ids)
      return (
        output,
        {
          layer.backward($0, saved)
          return []
        }
      )
    }
  }

  @Test(arguments: cases)
  func gradientsAreRight(sizes: (vocabulary: Int, width: Int, ids: [Int])) {
    let store = ParameterStore()
    let layer = Embedding(store.root, vocabulary: sizes.vocabulary, width: sizes.width)
    #expect(gradientProblems(of: lookup(layer, sizes.ids, store)) == [])
  }

  @Test func looksUpRows() {
    let store = ParameterStore()
    let layer = Embedding(store.root, vocabulary: 3, width: 2)
    store.allocate(seed: 1)
    layer.weight.value.copy(from: Tensor([0, 1, 10, 11, 20, 21], [3, 2]))
    #expect(layer.forward([2, 0, 2]).output.values == [20, 21, 0, 1, 20, 21])
    #expect(!layer.weight.entry.decays)
  }

  /// Kept rows: all but one, one, and none that is looked up; the kept ones trained or frozen.
  @Test(arguments: [(9, [9, 0, 9, 2]), (1, [0, 3, 9, 0]), (5, [7, 8, 7])], [false, true])
  func gradientsOfATableThatGrewAreRight(sizes: (kept: Int, ids: [Int]), frozen: Bool) {
    let store = ParameterStore(
      policy: ParameterPolicy(
        frozen: frozen ? [NamePattern("table")] : [], keptRows: ["table.weight": sizes.kept]))
    let layer = Embedding(store.root("table"), vocabulary: 10, width: 33)
    #expect(store.entries.map(\.name) == ["table.weight", "table.new_weight"])
    #expect(store.entries.map(\.shape) == [[sizes.kept, 33], [10 - sizes.kept, 33]])
    #expect(store.entries.map(\.isFrozen) == [frozen, false])
    #expect(store.entries.map(\.role) == [.weight, .newRows])
    #expect(gradientProblems(of: lookup(layer, sizes.ids, store)) == [])
  }

  @Test func newRowsStandBehindTheKeptOnes() {
    let store = ParameterStore(policy: ParameterPolicy(keptRows: ["weight": 2, "other.weight": 1]))
    let layer = Embedding(store.root, vocabulary: 4, width: 1)
    store.allocate(seed: 1)
    layer.weight.value.copy(from: Tensor([0, 1], [2, 1]))
    layer.newRows!.value.copy(from: Tensor([2, 3], [2, 1]))
    #expect(layer.forward([3, 0, 2, 1]).output.values == [3, 0, 2, 1])
  }

  @Test func aTableWithoutNewRowsIsInOnePart() {
    let store = ParameterStore(policy: ParameterPolicy(keptRows: ["weight": 4]))
    let layer = Embedding(store.root, vocabulary: 4, width: 1)
    #expect(layer.newRows == nil && store.entries.map(\.shape) == [[4, 1]])
  }
}
