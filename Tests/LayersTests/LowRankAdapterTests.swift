import GradientCheck
import Tensors
import Testing

@testable import Layers

struct LowRankAdapterTests {
  /// What stays of the weights beside the adapters.
  enum Weights: String, CaseIterable, Sendable {
    case trained, frozen, narrowed
  }

  static func policy(_ weights: Weights, rank: Int = 2, alpha: Double = 3, _ targets: String = "*")
    -> ParameterPolicy
  {
    ParameterPolicy(
      frozen: weights == .trained ? [] : [NamePattern("*")],
      frozenPrecision: weights == .narrowed ? .bfloat16 : .float32,
      lora: LoRA(rank: rank, alpha: alpha, targets: [NamePattern(targets)]))
  }

  @Test(
    arguments: [
      (1, 1, 1, 1), (3, 5, 7, 2), (70, 16, 48, 4), (2, 33, 17, 17), (129, 3, 20, 5), (40, 64, 1, 1),
    ],
    Weights.allCases)
  func gradientsOfLinearAreRight(
    sizes: (rows: Int, inputs: Int, outputs: Int, rank: Int), weights: Weights
  ) {
    let store = ParameterStore(policy: Self.policy(weights, rank: sizes.rank))
    let layer = Linear(store.root, sizes.inputs, sizes.outputs)
    let input = gaussian([sizes.rows, sizes.inputs])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  /// What the adapter adds is checked as a layer would be whose input is data, or forked.
  @Test(arguments: Weights.allCases)
  func gradientsAreRightWhereInputsForkAndWhereNobodyAsksForTheirs(weights: Weights) {
    let store = ParameterStore(policy: Self.policy(weights))
    let (first, left, right) = (
      Linear(store.root("first"), 12, 5, weightShape: [5, 3, 1, 2, 2]), Linear(store.root("left"), 5, 7),
      Linear(store.root("right"), 5, 7, bias: false)
    )
    let input = gaussian([9, 12])
    let piece = Differentiable([:], store) { _ in
      let (middle, firstSaved) = first.forward(input)
      let (output, leftSaved) = left.forward(middle)
      let (other, rightSaved) = right.forward(middle)
      return (
        output + other,
        {
          let gradient = left.backward($0, leftSaved)
          right.addBackward($0, rightSaved, to: gradient)
          first.addParameterGradients(gradient, firstSaved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: Weights.allCases, ["*", "in", "out"])
  func gradientsOfFeedForwardAreRight(weights: Weights, target: String) {
    let store = ParameterStore(policy: Self.policy(weights, target))
    let layer = FeedForward(widen: store.root("in"), narrow: store.root("out"), 5, hidden: 9, outputs: 7)
    let input = gaussian([6, 5])
    let piece = Differentiable(["input": input], store) { inputs in
      let (output, saved) = layer.forward(inputs[0])
      return (output, { [layer.backward($0, saved, input: inputs[0])] })
    }
    #expect(gradientProblems(of: piece) == [])
    let (output, saved) = layer.forward(input)
    store.zeroGradients()
    _ = layer.backward(output, saved, input: input)
    let whole = store.gradients.copied()
    store.zeroGradients()
    layer.addParameterGradients(output, saved, input: input)
    #expect(sameBits(whole, store.gradients))

    let gatedStore = ParameterStore(policy: Self.policy(weights))
    let gated = GatedFeedForward(gatedStore.root, width: 5, hidden: 9)
    #expect(gradientProblems(of: Differentiable(gated, input: gaussian([6, 5]), gatedStore)) == [])
  }

  @Test(arguments: Weights.allCases, ["*", "to_q", "to_k", "to_out"])
  func gradientsOfAttentionAreRight(weights: Weights, target: String) {
    let (store, crossStore) = (
      ParameterStore(policy: Self.policy(weights, target)),
      ParameterStore(policy: Self.policy(weights, target))
    )
    let rotary = RotaryPositions(headWidth: 6)
    let layer = SelfAttention(store.root, width: 12, heads: 2, rotary: rotary)
    let positions = rotary.table(frames: 2, height: 1, width: 3)
    let piece = Differentiable(["input": gaussian([12, 12])], store) { inputs in
      let (output, saved) = layer.forward(inputs[0], clips: 2, positions: positions)
      return (output, { [layer.backward($0, saved, input: inputs[0])] })
    }
    #expect(gradientProblems(of: piece) == [])

    let cross = CrossAttention(crossStore.root, width: 12, heads: 2)
    let inputs: KeyValuePairs = ["input": gaussian([6, 12]), "text": gaussian([8, 12], seed: 2)]
    let crossPiece = Differentiable(inputs, crossStore) { inputs in
      let (output, saved) = cross.forward(inputs[0], text: inputs[1], clips: 2, textLengths: [4, 2])
      return (
        output,
        {
          let gradients = cross.backward($0, saved, input: inputs[0])
          return [gradients.input, gradients.text!]
        }
      )
    }
    #expect(gradientProblems(of: crossPiece) == [])
  }

  @Test(arguments: Weights.allCases)
  func gradientsOfTextAttentionAreRight(weights: Weights) {
    let store = ParameterStore(policy: Self.policy(weights))
    let layer = BiasedSelfAttention(store.root, width: 7, heads: 2, headWidth: 3)
    let bias = gaussian([2, 5, 5], seed: 3)
    let piece = Differentiable(["input": gaussian([10, 7])], store) { inputs in
      let (output, saved) = layer.forward(inputs[0], texts: 2, lengths: [5, 3], bias: bias)
      return (output, { [layer.backward($0, saved, addingBiasGradientTo: nil)] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func aLayerStartsAsItWasToTheBit() {
    let (store, plain) = (ParameterStore(policy: Self.policy(.frozen)), ParameterStore())
    let (layer, base) = (Linear(store.root("a"), 33, 20), Linear(plain.root("a"), 33, 20))
    store.allocate(seed: 5)
    plain.allocate(seed: 5)
    let input = gaussian([50, 33])
    #expect(sameBits(layer.forward(input).output, base.forward(input).output))
    #expect(
      sameBits(
        layer.backward(input.view(at: 0, [50, 20]), layer.forward(input).saved),
        base.backward(input.view(at: 0, [50, 20]), base.forward(input).saved)))
  }

  @Test func factorsAreTrainedAndStartAsPublished() {
    let store = ParameterStore(policy: Self.policy(.narrowed, rank: 8))
    _ = Linear(store.root("a"), 25, 40)
    store.allocate(seed: 1)
    #expect(store.entries.map(\.name) == ["a.weight", "a.bias", "a.lora_A.weight", "a.lora_B.weight"])
    #expect(store.entries.map(\.isFrozen) == [true, true, false, false])
    #expect(store.entries.map(\.role) == [.weight, .weight, .adapter, .adapter])
    #expect(store.entries[2...].map(\.shape) == [[8, 25], [40, 8]])
    let (down, up) = (store.values(of: store.entries[2]).values, store.values(of: store.entries[3]).values)
    let largest = down.map(abs).max()!
    #expect(largest <= 0.2 && largest > 0.19)  // ± 1/√25
    #expect(up.allSatisfy { $0 == 0 })
  }

  @Test func theProductIsMultipliedByAlphaOverRank() {
    let store = ParameterStore(policy: Self.policy(.frozen, rank: 2, alpha: 6))
    let layer = Linear(store.root, 2, 1)
    store.allocate(seed: 1)
    func set(_ index: Int, _ values: [Float]) {
      store.write(store.entries[index]) { $0.copy(from: Tensor(values, $0.shape)) }
    }
    set(0, [1, 2])
    set(1, [100])
    set(2, [1, 0, 0, 10])  // A
    set(3, [1, 1])  // B: 103 + 3 · 11 and 108 + 3 · 32
    #expect(layer.forward(Tensor([1, 1, 2, 3], [2, 2])).output.values == [136, 204])
  }
}
