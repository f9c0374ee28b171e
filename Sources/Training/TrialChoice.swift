import Clips
import Tasks
import Tensors

/// Which small models are timed in place of a run's: as many blocks and clips as time and memory have room for.
struct TrialChoice {
  let forecast: StepForecast
  let shape: TrialShape
  /// How many times the operations of each part grow from `shape` to the clips of a pass of the run.
  let growth: [Double]

  /// Rounds of steps, the first one that warms up among them, that there should be time for.
  static let rounds = 6.0

  /// - Parameters:
  ///   - batch: the shape of the run's steps that are to be foretold, and their clips.
  ///   - passes: of one process in a step.
  ///   - mostBytes: what the trials' tensors must stay below, if one block of one clip allows it.
  ///   - mostOperations: what all rounds together may take.
  init(
    _ blueprint: Blueprint, _ batch: BatchShape, _ captions: [String], passes: Int, mostBytes: Int,
    mostOperations: Double
  ) throws {
    let (task, training) = (blueprint.recipe.task, blueprint.recipe.training)
    func forecast(_ blocks: [String: Int]) -> StepForecast {
      StepForecast(task.stacks, passes: passes, blocks: blocks)
    }
    func costs(_ forecast: StepForecast, _ shape: TrialShape) throws -> (
      bytes: Int, operations: Double, passes: [Double]
    ) {
      var (operations, passes) = (0.0, [Double]())
      let plan = try Plan.rehearse {
        // All are held at once, and take their steps in turn.
        let steps = try forecast.trials.map { try TrialStep(blueprint, $0, shape, captions) }
        for step in steps {
          let before = Plan.productOperationsSoFar
          _ = step.run()
          operations += Double(Plan.productOperationsSoFar - before)
          passes.append(Double(step.passOperations))
        }
      }
      return (plan.memory.peakBytes, operations, passes)
    }
    func fits(_ forecast: StepForecast, _ shape: TrialShape, rounds: Double) throws -> Bool {
      let costs = try costs(forecast, shape)
      return costs.bytes < mostBytes && rounds * costs.operations <= mostOperations
    }

    let whole = TrialShape(clips: batch.clips / training.gradientAccumulation, batch.shape)
    var shape = whole
    let unit = blueprint.recipe.task.frameUnit
    while try !fits(forecast([:]), shape, rounds: 3) {
      if shape.clips > 1 {
        shape.clips = (shape.clips + 1) / 2
      } else if shape.frames > unit {
        shape.frames = max(1, shape.frames / unit / 2) * unit
      } else {
        break
      }
    }
    // The deepest stack first: it takes the most time, up to half of its blocks.
    var blocks: [String: Int] = [:]
    for (place, stack) in task.stacks.sorted(by: { $0.depth > $1.depth }).enumerated() {
      let most = place == 0 ? stack.depth / 2 : stack.depth - stack.least - 1
      while blocks[stack.name, default: 1] < most {
        let more = blocks.merging([stack.name: blocks[stack.name, default: 1] + 1]) { $1 }
        guard try fits(forecast(more), shape, rounds: Self.rounds) else { break }
        blocks = more
      }
    }
    let chosen = forecast(blocks)
    self.forecast = chosen
    self.shape = shape
    let (small, large) = (try costs(chosen, shape).passes, try costs(chosen, whole).passes)
    growth =
      shape == whole
      ? chosen.trials.map { _ in 1 }
      : zip(chosen.parts(large), chosen.parts(small)).map { $1 > 0 ? $0 / $1 : 1 }
  }
}
