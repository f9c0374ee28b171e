import GradientCheck
import Layers
import Tensors
import Testing

struct MergingTests {
  /// A table, two linear layers, one of them with a kernel's shape, and a norm.
  private struct Pieces {
    let table: Embedding, first: Linear, norm: LayerNorm, second: Linear

    init(_ store: ParameterStore) {
      table = Embedding(store.root("table"), vocabulary: 9, width: 12)
      first = Linear(store.root("first"), 12, 8, weightShape: [8, 3, 1, 2, 2])
      norm = LayerNorm(store.root("norm"), width: 8)
      second = Linear(store.root("second"), 8, 5, bias: false)
    }

    func output(_ ids: [Int]) -> Tensor {
      second.forward(norm.forward(first.forward(table.forward(ids).output).output).output).output
    }
  }

  static let policies = [
    ParameterPolicy.trainEverything,
    ParameterPolicy(
      frozen: [NamePattern("*")], lora: LoRA(rank: 3, alpha: 5, targets: [NamePattern("*")]),
      keptRows: ["table.weight": 6]),
    ParameterPolicy(
      frozen: [NamePattern("first"), NamePattern("table")], frozenPrecision: .bfloat16,
      lora: LoRA(rank: 2, alpha: 1, targets: [NamePattern("first")]), keptRows: ["table.weight": 8]),
  ]

  @Test(arguments: policies.indices)
  func aMergedModelAnswersAsTheAdaptedOne(index: Int) {
    let (store, plain) = (ParameterStore(policy: Self.policies[index]), ParameterStore())
    let (pieces, merged) = (Pieces(store), Pieces(plain))
    store.allocate(seed: 1)
    store.perturb()
    plain.allocate(seed: 2)
    let values = store.merged()
    #expect(values.map(\.name) == plain.entries.map(\.name))
    #expect(values.map(\.shape) == plain.entries.map(\.shape))
    for (entry, value) in zip(plain.entries, values) { plain.values(of: entry).copy(from: value.values) }
    let ids = [0, 5, 6, 8, 7, 3]
    #expect(relativeError(merged.output(ids), pieces.output(ids).doubles) < 1e-5)
  }

  @Test func theAverageIsMergedWhereTheModelComputesWithIt() {
    let store = ParameterStore(
      policy: ParameterPolicy(lora: LoRA(rank: 1, alpha: 2, targets: [NamePattern("*")])))
    let layer = Linear(store.root, 1, 1, bias: false)
    store.allocate(seed: 1, withAverage: true)
    layer.weight.value.fill(1)
    for entry in store.entries.dropFirst() { store.values(of: entry).fill(3) }
    store.average.fill(0.5)
    #expect(store.merged()[0].values.values == [19])
    #expect(store.withAverage { store.merged()[0].values.values } == [1])
  }
}
