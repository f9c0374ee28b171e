import GradientCheck
import Layers
import Tensors
import Testing

struct FreezingTests {
  /// A frozen matrix between two trained parameters.
  private func store(_ freezing: Freezing) -> (ParameterStore, [Parameter]) {
    let store = ParameterStore(freezing: freezing)
    let parameters = [
      store.root("a").parameter("bias", [3], .normal(1)),
      store.root("b").parameter("weight", [40, 5], .normal(1)),
      store.root("bc").parameter("weight", [7], .normal(1)),
    ]
    store.allocate(seed: 1)
    return (store, parameters)
  }

  @Test func aPrefixEndsAtADotOrWithTheName() {
    let freezing = Freezing(["text", "blocks.1", "head.weight"])
    for name in ["text.a", "text.a.b", "blocks.1.x", "head.weight", "text"] { #expect(freezing.holds(name)) }
    for name in ["texts.a", "blocks.10.x", "head", "head.weights", "a.text"] {
      #expect(!freezing.holds(name))
    }
    #expect(!Freezing.nothing.holds("text"))
  }

  @Test(arguments: [Precision.float32, .bfloat16])
  func frozenParametersLieApartWithoutGradients(precision: Precision) {
    let (store, parameters) = store(Freezing(["b"], precision: precision))
    #expect(parameters.map(\.entry.isFrozen) == [false, true, false])
    #expect(parameters.map { $0.gradient == nil } == [false, true, false])
    #expect(parameters.map(\.entry.offset) == [0, 0, 16])
    #expect(store.bufferCount == 32 && store.values.count == 32 && store.gradients.count == 32)
    #expect(store.parameterCount == 210 && store.trainedCount == 10)
    #expect(store.trainedEntries.map(\.name) == ["a.bias", "bc.weight"])
  }

  @Test func theyBeginAsTheyWouldUnfrozenRoundedWhereNarrower() {
    let plain = store(.nothing).1.map { $0.value.copied() }
    let kept = store(Freezing(["b"])).1.map(\.value)
    let narrow = store(Freezing(["b"], precision: .bfloat16)).1.map(\.value)
    for (a, b) in zip(plain, kept) { #expect(sameBits(a, b)) }
    #expect(sameBits(narrow[1], plain[1].converted(to: .bfloat16).widened))
    #expect(!sameBits(narrow[1], plain[1]))
    #expect(sameBits(narrow[0], plain[0]) && sameBits(narrow[2], plain[2]))
  }

  @Test func otherValuesStandInForTrainedOnesOnly() {
    let (store, parameters) = store(Freezing(["b"], precision: .bfloat16))
    let own = parameters[1].value
    store.withValues(Tensor.zeros([store.bufferCount])) {
      #expect(parameters[0].value.values == [0, 0, 0])
      #expect(sameBits(parameters[1].value, own))
    }
  }

  @Test func writingRounds() {
    let (store, parameters) = store(Freezing(["b"], precision: .bfloat16))
    for parameter in parameters { store.write(parameter.entry) { $0.fill(1.001) } }
    #expect(parameters[0].value.values == [1.001, 1.001, 1.001])
    #expect(parameters[1].value.values.allSatisfy { $0 == 1 })
  }

  /// Each layer with all of its parameters frozen or some: the gradients that remain are right.
  @Test(arguments: [Precision.float32, .bfloat16])
  func layersGoOnWithoutGradientsOfTheirParameters(precision: Precision) {
    for prefix in ["weight", "bias"] {
      let linear = ParameterStore(freezing: Freezing([prefix], precision: precision))
      let layer = Linear(linear.root, 5, 3)
      #expect(gradientProblems(of: Differentiable(layer, input: gaussian([4, 5]), linear)) == [])
      let norm = ParameterStore(freezing: Freezing([prefix], precision: precision))
      let layerNorm = LayerNorm(norm.root, width: 6)
      #expect(gradientProblems(of: Differentiable(layerNorm, input: gaussian([4, 6]), norm)) == [])
    }
    let store = ParameterStore(freezing: Freezing(["weight"], precision: precision))
    let norm = RMSNorm(store.root, width: 6)
    _ = store.root.parameter("other", [1], .constant(0))
    #expect(gradientProblems(of: Differentiable(norm, input: gaussian([4, 6]), store)) == [])
  }
}
