import GradientCheck
import Layers
import Tensors
import Testing

struct ParameterPolicyTests {
  /// A frozen matrix between two trained parameters.
  private func store(_ policy: ParameterPolicy) -> (ParameterStore, [Parameter]) {
    let store = ParameterStore(policy: policy)
    let parameters = [
      store.root("a").parameter("bias", [3], .normal(1)),
      store.root("b").parameter("weight", [40, 5], .normal(1)),
      store.root("bc").parameter("weight", [7], .normal(1)),
    ]
    store.allocate(seed: 1)
    return (store, parameters)
  }

  private func frozen(_ patterns: String..., precision: Precision = .float32) -> ParameterPolicy {
    ParameterPolicy(frozen: patterns.map { NamePattern($0) }, frozenPrecision: precision)
  }

  @Test func exceptionsStandAboveWhatIsFrozen() {
    let policy = ParameterPolicy(
      frozen: [NamePattern("text"), NamePattern("head")], trained: [NamePattern("*.norm")])
    #expect(policy.isFrozen("text.a.weight") && policy.isFrozen("head"))
    #expect(!policy.isFrozen("text.norm.weight") && !policy.isFrozen("texts.a"))
    #expect(!ParameterPolicy.trainEverything.isFrozen("text"))
  }

  @Test func theLastFactorThatMatchesHolds() {
    let policy = ParameterPolicy(rateFactors: [
      RateFactor(pattern: NamePattern("text"), factor: 0.1),
      RateFactor(pattern: NamePattern("*.norm"), factor: 2),
      RateFactor(pattern: NamePattern("text.b"), factor: 0),
    ])
    #expect(policy.rateFactor("text.a") == 0.1 && policy.rateFactor("text.norm.weight") == 2)
    #expect(policy.rateFactor("text.b.norm") == 0 && policy.rateFactor("head") == 1)
    let store = ParameterStore(policy: policy)
    #expect(store.root("text").parameter("a", [1], .constant(0)).entry.rateFactor == 0.1)
  }

  @Test(arguments: [Precision.float32, .bfloat16])
  func frozenParametersLieApartWithoutGradients(precision: Precision) {
    let (store, parameters) = store(frozen("b", precision: precision))
    #expect(parameters.map(\.entry.isFrozen) == [false, true, false])
    #expect(parameters.map { $0.gradient == nil } == [false, true, false])
    #expect(parameters.map(\.entry.offset) == [0, 0, 16])
    #expect(store.bufferCount == 32 && store.values.count == 32 && store.gradients.count == 32)
    #expect(store.parameterCount == 210 && store.trainedCount == 10)
    #expect(store.trainedEntries.map(\.name) == ["a.bias", "bc.weight"])
  }

  @Test func theyBeginAsTheyWouldUnfrozenRoundedWhereNarrower() {
    let plain = store(.trainEverything).1.map { $0.value.copied() }
    let kept = store(frozen("b")).1.map(\.value)
    let narrow = store(frozen("b", precision: .bfloat16)).1.map(\.value)
    for (a, b) in zip(plain, kept) { #expect(sameBits(a, b)) }
    #expect(sameBits(narrow[1], plain[1].converted(to: .bfloat16).widened))
    #expect(!sameBits(narrow[1], plain[1]))
    #expect(sameBits(narrow[0], plain[0]) && sameBits(narrow[2], plain[2]))
  }

  @Test func otherValuesStandInForTrainedOnesOnly() {
    let (store, parameters) = store(frozen("b", precision: .bfloat16))
    let own = parameters[1].value
    store.withValues(Tensor.zeros([store.bufferCount])) {
      #expect(parameters[0].value.values == [0, 0, 0])
      #expect(sameBits(parameters[1].value, own))
    }
  }

  @Test func writingRounds() {
    let (store, parameters) = store(frozen("b", precision: .bfloat16))
    for parameter in parameters { store.write(parameter.entry) { $0.fill(1.001) } }
    #expect(parameters[0].value.values == [1.001, 1.001, 1.001])
    #expect(parameters[1].value.values.allSatisfy { $0 == 1 })
  }

  @Test func aScopeIsTrainedWhereAnyOfItsParametersIs() {
    let (store, _) = store(frozen("b", "a"))
    #expect(!store.root("a").isTrained && !store.root("b").isTrained && store.root("bc").isTrained)
    #expect(store.root.isTrained && !store.root("none").isTrained)
  }

  @Test func onlyLinearLayersAreAdapted() {
    let store = ParameterStore(
      policy: ParameterPolicy(
        lora: LoRA(rank: 9, alpha: 9, targets: ["linear", "norm", "*.v"].map { NamePattern($0) })))
    _ = Linear(store.root("linear")("q"), 4, 6)
    _ = Linear(store.root("patches"), 12, 6, weightShape: [6, 3, 1, 2, 2])
    _ = RMSNorm(store.root("norm"), width: 4)
    // A rank that is too high is the caller's to see.
    #expect(store.adapted.map(\.name) == ["linear.q.weight"] && store.adapted.map(\.shape) == [[6, 4]])
  }

  /// Each layer with all of its parameters frozen or some: the gradients that remain are right.
  @Test(arguments: [Precision.float32, .bfloat16])
  func layersGoOnWithoutGradientsOfTheirParameters(precision: Precision) {
    for name in ["weight", "bias"] {
      let linear = ParameterStore(policy: frozen(name, precision: precision))
      let layer = Linear(linear.root, 5, 3)
      #expect(gradientProblems(of: Differentiable(layer, input: gaussian([4, 5]), linear)) == [])
      let norm = ParameterStore(policy: frozen(name, precision: precision))
      let layerNorm = LayerNorm(norm.root, width: 6)
      #expect(gradientProblems(of: Differentiable(layerNorm, input: gaussian([4, 6]), norm)) == [])
    }
    let store = ParameterStore(policy: frozen("weight", precision: precision))
    let norm = RMSNorm(store.root, width: 6)
    _ = store.root.parameter("other", [1], .constant(0))
    #expect(gradientProblems(of: Differentiable(norm, input: gaussian([4, 6]), store)) == [])
  }
}
