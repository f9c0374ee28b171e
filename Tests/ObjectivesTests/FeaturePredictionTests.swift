import Clips
import GradientCheck
import Layers
import Models
import Objectives
import Tensors
import Testing

struct FeaturePredictionTests {
  static func objective(recomputesBlocks: Bool = false) -> FeaturePrediction {
    func sizes(_ width: Int, _ depth: Int, _ heads: Int) -> BlockSizes {
      BlockSizes(
        width: width, depth: depth, heads: heads, feedForward: 20, recomputesBlocks: recomputesBlocks)
    }
    return FeaturePrediction(
      model: JointEmbeddingModel(
        VideoEncoderConfiguration(
          layout: .vJEPA2, patch: PatchSize(frames: 2, height: 2, width: 3), blocks: sizes(14, 2, 2)),
        predictor: sizes(12, 1, 2), kinds: 2),
      masks: MultiBlockMasks(
        [.init(blocks: 3, area: 0.15), .init(blocks: 1, area: 0.5)], aspect: 0.75...1.5,
        grid: TokenGrid(frames: 2, height: 3, width: 3)))
  }

  /// Clips of 2 × 3 × 3 tokens.
  static let examples = Examples(clips: gaussian([4, 3, 4, 6, 9], seed: 4), captions: ["", "", "", ""])

  /// The loss has a kink wherever a prediction is right, and near it no slope. So predictions are moved far from all targets,
  /// every second feature to either side; signs that differ from token to token are the published model's to check.
  @Test(arguments: [(0, false), (5, false), (5, true)])
  func gradientsOfTheLossAreRight(step: Int, recomputesBlocks: Bool) {
    let objective = Self.objective(recomputesBlocks: recomputesBlocks)
    let position = Position(seed: 9, step: step)
    let examples = Self.examples.part(0, of: 2)
    let store = objective.parameters
    let piece = Differentiable([:], store, withAverage: true) { _ in
      let losses = objective.addGradients(examples, at: position, share: 0)
      return (
        Tensor([Float(losses.reduce(0, +) / Double(losses.count))], [1]),
        { gradient in
          _ = objective.addGradients(examples, at: position, share: Double(gradient.values[0]))
          return []
        }
      )
    }
    for entry in store.entries where entry.name == "predictor.proj.bias" {
      let far = (0..<entry.count).map { $0 % 2 == 0 ? 12 : Float(-12) }
      store.write(entry) { $0.copy(from: Tensor(far, entry.shape)) }
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func aPassInPartsAddsUpToTheWholeBatch() {
    let objective = Self.objective()
    objective.parameters.allocate(seed: 1)
    func gradients(_ parts: Int) -> (losses: [Double], gradients: [Float]) {
      objective.parameters.zeroGradients()
      var losses: [Double] = []
      for part in 0..<parts {
        losses += objective.addGradients(
          Self.examples.part(part, of: parts), at: Position(seed: 9, step: 3, firstSample: losses.count),
          share: 1 / Double(parts))
      }
      return (losses, objective.parameters.gradients.values)
    }
    let (whole, halves) = (gradients(1), gradients(2))
    for (a, b) in zip(whole.losses, halves.losses) { #expect(abs(a - b) < 1e-6 * abs(a)) }
    let size = whole.gradients.map { Double($0 * $0) }.reduce(0, +).squareRoot()
    let error = zip(whole.gradients, halves.gradients).map { Double(($0 - $1) * ($0 - $1)) }.reduce(0, +)
    #expect(error.squareRoot() < 1e-5 * size)
  }

  @Test func theTeacherIsTheAverageAndHasNoGradient() throws {
    let objective = Self.objective()
    let store = objective.parameters
    store.allocate(seed: 1, withAverage: true)
    let position = Position(seed: 1, step: 0)
    func loss() -> Double { objective.addGradients(Self.examples, at: position, share: 0)[0] }
    let before = loss()
    // Other weights of the average's encoder are other targets; those of its predictor are nobody's.
    let average = store.average.copied()
    func change(_ name: String) throws {
      let entry = try #require(store.entries.first { $0.name == name })
      store.average.view(at: entry.offset, entry.shape).add(gaussian(entry.shape), scale: 0.5)
    }
    try change("predictor.proj.weight")
    #expect(loss() == before)
    try change("encoder.layer.1.mlp.fc2.weight")
    #expect(loss() != before)
    #expect(store.gradients.values.allSatisfy { $0 == 0 })
    store.average.copy(from: average)
    #expect(loss() == before)
  }

  @Test func theLossOfNothingIsTheMeanSizeOfTheTargets() throws {
    let objective = Self.objective()
    let store = objective.parameters
    store.allocate(seed: 1)
    for name in ["predictor.proj.weight", "predictor.proj.bias"] {
      store.write(try #require(store.entries.first { $0.name == name })) { $0.fill(0) }
    }
    let position = Position(seed: 1, step: 0)
    // Targets have mean 0 and variance 1 in each token, so the mean of their sizes is near √(2/π), 0.8.
    for condition in 0..<2 {
      let losses = objective.heldOutLosses(Self.examples, condition: condition, at: position)
      #expect(losses.count == 4 && losses.allSatisfy { abs($0 - 0.8) < 0.06 })
    }
    let both = objective.addGradients(Self.examples, at: position, share: 0)
    let each = (0..<2).map { objective.heldOutLosses(Self.examples, condition: $0, at: position) }
    for clip in 0..<4 { #expect(abs(both[clip] - (each[0][clip] + each[1][clip]) / 2) < 1e-9) }
    #expect(objective.heldOutConditions == ["3 × 0.15", "1 × 0.5"] && objective.conditionTitle == "mask")
  }

  @Test func bitsDoNotDependOnThreads() {
    let objective = Self.objective()
    objective.parameters.allocate(seed: 1)
    func gradients(_ threads: Int) -> [UInt32] {
      objective.parameters.zeroGradients()
      return Parallel.withThreads(threads) {
        _ = objective.addGradients(Self.examples, at: Position(seed: 2, step: 7), share: 1)
        return objective.parameters.gradients.values.map(\.bitPattern)
      }
    }
    #expect(gradients(1) == gradients(3))
  }
}
