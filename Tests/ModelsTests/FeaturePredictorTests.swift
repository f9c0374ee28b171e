import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct FeaturePredictorTests {
  static let grid = TokenGrid(frames: 2, height: 2, width: 3)

  private func predictor(_ store: ParameterStore, recomputesBlocks: Bool = false) -> FeaturePredictor {
    FeaturePredictor(
      store.root("predictor"), features: 9, kinds: 2,
      BlockSizes(width: 14, depth: 2, heads: 2, feedForward: 10, recomputesBlocks: recomputesBlocks))
  }

  private func question(_ context: [[Int]], _ targets: [[Int]], kind: Int = 1) -> FeaturePredictor.Question {
    FeaturePredictor.Question(
      context: TokenSelection(context, of: 12), targets: TokenSelection(targets, of: 12), grid: Self.grid,
      kind: kind)
  }

  @Test(arguments: [
    ([[0]], [[1]]), ([[3, 1, 5], [0, 7, 11]], [[2, 4], [1, 6]]),
    ([[0, 1], [2, 3], [4, 5]], [[6], [7], [11]]),
    ([[9, 8, 7, 6, 5, 4, 3]], [[0, 1, 2, 10, 11]]),
    ([[4], [11]], [[3, 2, 1, 0, 10, 9, 8, 7, 6], [0, 1, 2, 3, 4, 5, 6, 7, 8]]),
  ])
  func gradientsAreRight(context: [[Int]], targets: [[Int]]) {
    for recomputesBlocks in [false, true] {
      let store = ParameterStore()
      let predictor = predictor(store, recomputesBlocks: recomputesBlocks)
      let question = question(context, targets)
      let input = gaussian([context.count * context[0].count, 9])
      let piece = Differentiable(["features": input], store) { inputs in
        let (output, saved) = predictor.forward(inputs[0], question)
        return (output, { [predictor.backward($0, saved)] })
      }
      #expect(gradientProblems(of: piece) == [])
    }
  }

  @Test func theOrderOfTokensIsNothingAndTheirPlacesAreAll() {
    let store = ParameterStore()
    let predictor = predictor(store)
    store.allocate(seed: 1)
    store.perturb()
    let features = gaussian([3, 9])
    let turned = Tensor([2, 0, 1].flatMap { Array(features.values[$0 * 9..<$0 * 9 + 9]) }, [3, 9])
    let plain = predictor.output(features, question([[0, 4, 7]], [[1, 9]]))
    let same = predictor.output(turned, question([[7, 0, 4]], [[1, 9]]))
    #expect(zip(plain.values, same.values).allSatisfy { abs($0 - $1) < 1e-5 })
    let swapped = predictor.output(features, question([[0, 4, 7]], [[9, 1]]))
    #expect(zip(plain.values, swapped.values[9...] + swapped.values[..<9]).allSatisfy { abs($0 - $1) < 1e-5 })
    for other in [
      question([[0, 4, 8]], [[1, 9]]), question([[0, 4, 7]], [[2, 9]]),
      question([[0, 4, 7]], [[1, 9]], kind: 0),
    ] {
      #expect(zip(plain.values, predictor.output(features, other).values).contains { abs($0 - $1) > 1e-3 })
    }
  }

  @Test func theOutputAloneIsThatOfForward() {
    let store = ParameterStore()
    let predictor = predictor(store)
    store.allocate(seed: 1)
    let question = question([[3, 1, 5], [0, 7, 11]], [[2, 4], [1, 6]])
    let features = gaussian([6, 9])
    #expect(sameBits(predictor.output(features, question), predictor.forward(features, question).output))
  }

  @Test func itStartsAsTheAuthorsCodeHasIt() throws {
    let store = ParameterStore()
    _ = predictor(store)
    func initial(_ name: String) throws -> InitialValue {
      try #require(store.entries.first { $0.name == "predictor.\(name)" }, "\(name)").initial
    }
    #expect(try initial("embeddings.mask_tokens") == .constant(0))
    #expect(try initial("embeddings.predictor_embeddings.weight") == .normal(0.02))
    #expect(try initial("layer.1.attention.proj.weight") == .normal(0.01))
    #expect(try initial("layer.1.mlp.fc2.weight") == .normal(0.01))
    #expect(try initial("layer.1.mlp.fc1.weight") == .normal(0.02))
    #expect(try initial("proj.bias") == .constant(0))
  }
}
