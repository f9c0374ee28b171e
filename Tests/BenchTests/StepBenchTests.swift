import Models
import Tensors
import Testing

@testable import vfm_bench

struct StepBenchTests {
  static let models = [
    BenchModel(clips: 2, size: [2, 4, 6], width: 24, depth: 2, heads: 2),
    BenchModel(clips: 3, size: [1, 4, 4], width: 16, depth: 1, heads: 1, recompute: true),
    BenchModel.Named.small.model, .yardstick,
  ]

  /// The roof's shapes are all products of a step but those of attention: 2 of the scores' size forward, 5 backward.
  @Test(arguments: models)
  func shapesAndAttentionAreAllOfAStep(_ model: BenchModel) {
    let bench = StepBench(model)
    let plan = bench.plan
    let queries = model.clips * model.tokensPerClip
    let keys = model.tokensPerClip + BenchModel.textTokens
    let passes = model.recompute ? 9 : 7
    let attention = passes * 2 * queries * keys * model.width * model.depth
    let linear = plan.products.reduce(0) { $0 + $1.key.operations * $1.value }
    #expect(linear > 0 && linear + attention == plan.productOperations)
  }

  /// Compared with the count of the whole process, so in one of its own.
  @Test func theStepComputesWhatWasPlanned() async {
    await #expect(processExitsWith: .success) {
      let bench = StepBench(StepBenchTests.models[0])
      let before = Work.productOperations
      bench.step()
      #expect(Work.productOperations - before == bench.plan.productOperations)
    }
  }

  @Test func theStepLearns() {
    let bench = StepBench(StepBenchTests.models[0])
    let before = bench.parameters.values.copied()
    bench.step()
    #expect(bench.parameters.values.isFinite)
    #expect(bench.parameters.values.values != before.values)
  }
}
