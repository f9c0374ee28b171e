import Models
import Tensors
import Testing

@testable import vfm_bench

struct AutoencoderBenchTests {
  static let model = AutoencoderBenchModel(
    clips: 1, size: [5, 8, 16], width: 4, latentChannels: 2, residualBlocks: 1)

  @Test func theStepLearns() {
    let bench = AutoencoderBench(Self.model)
    let before = bench.parameters.values.copied()
    let losses = bench.step()
    #expect(losses.count == 1 && losses[0].isFinite)
    #expect(bench.parameters.values.isFinite)
    #expect(bench.parameters.values.values != before.values)
    #expect(bench.parameters.parameterCount == bench.modelParameters + 2 * 2)
  }

  /// Compared with the count of the whole process, so in one of its own.
  @Test func theStepComputesWhatWasPlanned() async {
    await #expect(processExitsWith: .success) {
      let bench = AutoencoderBench(AutoencoderBenchTests.model)
      let before = Work.productOperations
      bench.step()
      #expect(Work.productOperations - before == bench.plan.productOperations)
    }
  }

  @Test(arguments: [
    ([4, 32, 32], 16, "--size takes three numbers: 4n + 1 frames, and a height and width that 8 divides."),
    ([5, 32, 33], 16, "--size takes three numbers: 4n + 1 frames, and a height and width that 8 divides."),
    ([5, 32], 16, "--size takes three numbers: 4n + 1 frames, and a height and width that 8 divides."),
    ([5, 32, 32], 7, "--width must be even."),
  ])
  func sizesOfNoStepAreRefused(size: [Int], width: Int, problem: String) {
    let model = AutoencoderBenchModel(
      clips: 1, size: size, width: width, latentChannels: 16, residualBlocks: 2)
    #expect(model.problem == problem)
  }

  @Test func theUsualSizesAreThoseOfAStep() throws {
    let command = try #require(AutoencoderCommand.parseAsRoot([]) as? AutoencoderCommand)
    #expect(command.clips == 8 && Self.model.problem == nil)
    #expect(throws: (any Error).self) { try AutoencoderCommand.parseAsRoot(["--size", "4", "32", "32"]) }
  }
}
