import GradientCheck
import Layers
import Tensors
import Testing

/// Linear layers whose products are of bfloat16.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct NarrowLinearTests {
  /// The bound of the roundings themselves: each factor is wrong by at most u = 2⁻⁸ of itself, so a sum of products by at
  /// most (2u + u²) Σ |a b|, and what float32 loses of the sum, which is less than a thousandth of that.
  private static let bound = (2.0 / 256 + 1.0 / (256 * 256)) * 1.001

  @Test(arguments: [(1, 1, 1), (3, 5, 7), (70, 16, 48), (2, 33, 17), (129, 1, 20), (600, 100, 40)])
  func noNumberIsFurtherFromFloat32ThanRoundingCanMakeIt(sizes: (rows: Int, inputs: Int, outputs: Int)) {
    let (x, dy) = (gaussian([sizes.rows, sizes.inputs]), gaussian([sizes.rows, sizes.outputs], seed: 3))
    let exact = pass(x, dy, .float32), narrow = pass(x, dy, .bfloat16)
    // The same products of absolute values.
    let sizes = pass(absolute(x), absolute(dy), .float32, absolute: true)
    for (name, expected) in exact {
      let (got, terms) = (narrow[name]!, sizes[name]!)
      let isWithin = (0..<expected.count).allSatisfy {
        abs(got.doubles[$0] - expected.doubles[$0]) <= Self.bound * terms.doubles[$0] + 1e-6
      }
      #expect(isWithin, "\(name)")
    }
    #expect(sameBits(exact["bias gradient"]!, narrow["bias gradient"]!))
  }

  @Test func anInputThatIsNarrowAlreadyGivesTheSameBits() {
    let x = gaussian([20, 24])
    let (store, layer) = layer(24, 8, .bfloat16)
    let (wide, narrow) = (layer.forward(x), layer.forward(x.converted(to: .bfloat16)))
    #expect(sameBits(wide.output, narrow.output))
    let dy = gaussian([20, 8], seed: 2)
    let gradient = layer.backward(dy, wide.saved)
    let weights = store.gradients.copied()
    store.zeroGradients()
    #expect(sameBits(gradient, layer.backward(dy, narrow.saved)))
    #expect(sameBits(weights, store.gradients))
  }

  @Test func adaptersMultiplyTheSameWay() {
    func pass(_ precision: Precision) -> (Tensor, Tensor, Tensor) {
      let store = ParameterStore(
        policy: ParameterPolicy(
          frozen: [NamePattern("*")], lora: LoRA(rank: 4, alpha: 8, targets: [NamePattern("weight")]),
          computePrecision: precision))
      let layer = Linear(store.root, 32, 16)
      store.allocate(seed: 2)
      for entry in store.trainedEntries {
        store.write(entry) { $0.copy(from: gaussian(entry.shape, seed: UInt64(entry.count))) }
      }
      let (output, saved) = layer.forward(gaussian([50, 32]))
      let inputGradient = layer.backward(gaussian([50, 16], seed: 5), saved)
      return (output, inputGradient, store.gradients)
    }
    let (exact, narrow) = (pass(.float32), pass(.bfloat16))
    // Three roundings on the way of each number.
    #expect(relativeError(narrow.0, exact.0.doubles) < 3.0 / 256)
    #expect(relativeError(narrow.1, exact.1.doubles) < 3.0 / 256)
    #expect(relativeError(narrow.2, exact.2.doubles) < 3.0 / 256)
    #expect(!sameBits(narrow.0, exact.0))
  }

  /// Weights that are kept in bfloat16 are multiplied where they lie, wherever that is.
  @Test func frozenWeightsAreMultipliedAsTheyAreKept() {
    func pass(_ frozenPrecision: Precision) -> [Tensor] {
      let store = ParameterStore(
        policy: ParameterPolicy(
          frozen: [NamePattern("*")], frozenPrecision: frozenPrecision,
          lora: LoRA(rank: 2, alpha: 2, targets: [NamePattern("second.weight")]), computePrecision: .bfloat16)
      )
      let layers = [Linear(store.root("first"), 9, 7), Linear(store.root("second"), 7, 5)]
      store.allocate(seed: 2)
      for entry in store.trainedEntries {
        store.write(entry) { $0.copy(from: gaussian(entry.shape, seed: UInt64(entry.count))) }
      }
      let (h, first) = layers[0].forward(gaussian([6, 9]))
      let (y, second) = layers[1].forward(h)
      let dh = layers[1].backward(gaussian([6, 5], seed: 4), second)
      return [y, layers[0].backward(dh, first), store.gradients]
    }
    for (wide, narrow) in zip(pass(.float32), pass(.bfloat16)) { #expect(sameBits(wide, narrow)) }
  }

  private func layer(_ inputs: Int, _ outputs: Int, _ precision: Precision) -> (ParameterStore, Linear) {
    let store = ParameterStore(policy: ParameterPolicy(computePrecision: precision))
    let layer = Linear(store.root, inputs, outputs)
    store.allocate(seed: 1)
    return (store, layer)
  }

  private func pass(_ x: Tensor, _ dy: Tensor, _ precision: Precision, absolute isAbsolute: Bool = false)
    -> [String: Tensor]
  {
    let (store, layer) = layer(x.columns, dy.columns, precision)
    if isAbsolute { store.values.copy(from: absolute(store.values)) }
    let (output, saved) = layer.forward(x)
    let inputGradient = layer.backward(dy, saved)
    return [
      "output": output, "input gradient": inputGradient, "weight gradient": layer.weight.gradient!,
      "bias gradient": layer.bias!.gradient!,
    ]
  }

  private func absolute(_ x: Tensor) -> Tensor { Tensor(x.values.map(abs), x.shape) }
}
