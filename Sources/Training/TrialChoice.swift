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
  ///   - mostBytes: what the trials' tensors must stay below, if one block of one clip allows it.
  ///   - mostOperations: what all rounds together may take.
  init(_ blueprint: Blueprint, _ captions: [String], mostBytes: Int, mostOperations: Double) {
    let recipe = blueprint.recipe
    let run = StepForecast.Trial(depth: recipe.model.depth, textDepth: recipe.textEncoder.depth)
    func forecast(_ blocks: Int, _ textBlocks: Int) -> StepForecast {
      StepForecast(run, accumulate: recipe.training.accumulate, blocks: blocks, textBlocks: textBlocks)
    }
    func costs(_ forecast: StepForecast, _ shape: TrialShape) -> (bytes: Int, operations: [Double]) {
      var operations: [Double] = []
      let plan = Plan.rehearse {
        // All are held at once, and take their steps in turn.
        let steps = forecast.trials.map { TrialStep(blueprint, $0, shape, captions) }
        for step in steps {
          let before = Plan.productOperationsSoFar
          _ = step.run()
          operations.append(Double(Plan.productOperationsSoFar - before))
        }
      }
      return (plan.memory.peakBytes, operations)
    }
    func fits(_ forecast: StepForecast, _ shape: TrialShape, rounds: Double) -> Bool {
      let costs = costs(forecast, shape)
      return costs.bytes < mostBytes && rounds * costs.operations.reduce(0, +) <= mostOperations
    }

    let whole = TrialShape(clips: recipe.training.batch, frames: recipe.data.frames)
    var shape = whole
    let patch = blueprint.patch.frames
    while !fits(forecast(1, 1), shape, rounds: 3) {
      if shape.clips > 1 {
        shape.clips = (shape.clips + 1) / 2
      } else if shape.frames > patch {
        shape.frames = max(1, shape.frames / patch / 2) * patch
      } else {
        break
      }
    }
    var (blocks, textBlocks) = (1, 1)
    while blocks < run.depth / 2, fits(forecast(blocks + 1, textBlocks), shape, rounds: Self.rounds) {
      blocks += 1
    }
    while textBlocks < run.textDepth - 1, fits(forecast(blocks, textBlocks + 1), shape, rounds: Self.rounds) {
      textBlocks += 1
    }
    let chosen = forecast(blocks, textBlocks)
    self.forecast = chosen
    self.shape = shape
    let (small, large) = (costs(chosen, shape).operations, costs(chosen, whole).operations)
    growth =
      shape == whole
      ? [1, 1, 1] : zip(chosen.parts(large), chosen.parts(small)).map { $1 > 0 ? $0 / $1 : 1 }
  }
}
