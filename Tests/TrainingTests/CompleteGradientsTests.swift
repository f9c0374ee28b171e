import GradientCheck
import Objectives
import Recipes
import Tensors
import Testing

@testable import Training

/// Ranks send gradients as soon as a pass says that they are complete.
struct CompleteGradientsTests {
  private static let jointEmbedding = """
    "task": {"kind": "jointEmbedding"},
    "model": {"width": 24, "depth": 2, "heads": 2, "patch": [2, 4, 4]}, "predictor": {"width": 12, "depth": 1, "heads": 2}
    """

  static let kinds = [
    SmallRun.textToVideo, MaskedAutoencoderRunTests.kind, jointEmbedding, ClassificationRunTests.kind(),
  ]

  @Test(arguments: kinds.indices, [false, true])
  func whatIsSaidToBeCompleteChangesNoMore(kind: Int, checkpointing: Bool) throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(
      in: folder, steps: 1, kind: Self.kinds[kind],
      ["training.validateEvery=0", "training.activationCheckpointing=\(checkpointing)"])
    let state = try RunState(run.blueprint)
    let parameters = state.parameters
    // A fresh head of zeros would give blocks no gradient.
    parameters.values.add(gaussian([parameters.bufferCount]), scale: 0.05)
    var told: [(range: Range<Int>, values: [Float])] = []
    parameters.onCompleteGradients = { range in
      told.append((range, parameters.gradients.view(at: range.lowerBound, [range.count]).values))
    }
    parameters.zeroGradients()
    let batch = try run.loader(from: 0).next()
    _ = state.subject.objective.addGradients(
      batch.examples.part(0, of: 2), at: Position(seed: 1, step: 0), share: 1)
    #expect(told.count >= 2)
    for (range, values) in told {
      #expect(parameters.gradients.view(at: range.lowerBound, [range.count]).values == values, "\(range)")
    }
    // Nothing is told twice, and blocks that were told have gradients.
    let all = told.flatMap { $0.range }
    #expect(Set(all).count == all.count)
    #expect(told.allSatisfy { $0.values.contains { $0 != 0 } })
  }
}
