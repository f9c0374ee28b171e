import GradientCheck
import Layers
import Models
import Tensors
import Testing

/// A whole model with low-rank adapters.
struct AdaptedModelTests {
  static let everywhere = LoRA(rank: 2, alpha: 4, targets: [NamePattern("*")])
  static let attention = LoRA(
    rank: 3, alpha: 3,
    targets: [NamePattern("transformer.blocks.*.attn1"), NamePattern("transformer.blocks.*.attn2")])

  static let policies: [ParameterPolicy] = [
    ParameterPolicy(frozen: [NamePattern("*")], lora: everywhere),
    ParameterPolicy(frozen: [NamePattern("*")], frozenPrecision: .bfloat16, lora: attention),
    ParameterPolicy(lora: everywhere),
    ParameterPolicy(
      frozen: [NamePattern("*")], trained: [NamePattern("*.norm2")], lora: attention,
      keptRows: ["text_encoder.shared.weight": 5]),
  ]

  @Test(arguments: policies.indices)
  func gradientsAreRight(index: Int) {
    let model = SmallModel(Self.policies[index])
    let piece = Differentiable([:], model.parameters) { _ in
      let (output, saved) = model.forward()
      return (
        output,
        {
          model.model.backward($0, saved)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: policies.indices)
  func bitsDoNotDependOnThreads(index: Int) {
    let model = SmallModel(Self.policies[index])
    model.parameters.allocate(seed: 1)
    model.parameters.perturb()
    let passes = [1, 2, 3, 7].map { threads in
      Parallel.withThreads(threads) { (model.gradients(), model.forward().output) }
    }
    for pass in passes { #expect(sameBits(pass.0, passes[0].0) && sameBits(pass.1, passes[0].1)) }
  }

  @Test func aModelStartsAsItsBase() {
    let (adapted, plain) = (SmallModel(Self.policies[0]), SmallModel(.trainEverything))
    for model in [adapted, plain] { model.parameters.allocate(seed: 3) }
    // The head starts at zero: with other values the answers depend on all that comes before.
    for model in [adapted, plain] {
      let head = model.parameters.entries.first { $0.name == "transformer.proj_out.weight" }!
      model.parameters.write(head) { $0.copy(from: gaussian(head.shape)) }
    }
    #expect(sameBits(adapted.forward().output, plain.forward().output))
    #expect(adapted.forward().output.sumOfSquares > 0)
  }

  @Test(arguments: policies.indices)
  func aMergedModelAnswersAsTheAdaptedOne(index: Int) {
    let (adapted, plain) = (SmallModel(Self.policies[index]), SmallModel(.trainEverything))
    adapted.parameters.allocate(seed: 1)
    adapted.parameters.perturb()
    plain.parameters.allocate(seed: 2)
    let merged = adapted.parameters.merged()
    #expect(merged.map(\.name) == plain.parameters.entries.map(\.name))
    for (entry, value) in zip(plain.parameters.entries, merged) {
      #expect(value.shape == entry.shape)
      plain.parameters.values(of: entry).copy(from: value.values)
    }
    let (output, expected) = (plain.forward().output, adapted.forward().output)
    output.add(expected, scale: -1)
    #expect(output.sumOfSquares.squareRoot() < 1e-5 * expected.sumOfSquares.squareRoot())
  }

  @Test func whatIsTrainedIsLittle() {
    let parameters = SmallModel(Self.policies[1]).parameters
    #expect(parameters.adapted.map(\.name).filter { $0.hasPrefix("transformer.blocks.1.attn1") }.count == 4)
    #expect(parameters.adapted.count == 2 * 2 * 4)
    #expect(parameters.trainedCount == 2 * 2 * 4 * 3 * (12 + 12))
  }
}
