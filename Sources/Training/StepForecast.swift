import Tasks

/// How long a step of a run will take, from the times of steps of smaller models.
///
/// A step is `passes` passes (forward and backward) and one update (norm, clipping, optimizer). Both are affine in the
/// depth of each of the model's stacks of blocks:
///
///     seconds(depths) = seconds(least depths) + Σ over stacks (depth − least) · block
///
/// A block's time comes from a model with several in that stack alone, and what was measured with fewer clips than the run
/// has grows like the operations of its products.
struct StepForecast: Equatable {
  /// The blocks of each stack of a model whose steps are timed, by the stack's name.
  typealias Depths = [String: Int]

  /// What steps of a trial took, in seconds.
  struct Times: Equatable {
    var pass: Double, update: Double
  }

  /// Stacks of which the run has more than the least blocks, and how many more a trial has.
  private let grown: [(stack: Stack, blocks: Int)]
  /// With the least blocks everywhere; then, for each of the stacks above, with more of its blocks.
  let trials: [Depths]
  /// Passes of a step.
  let passes: Int

  /// Trials for a run of some stacks, each with so many blocks more than the least; one where nothing is said.
  init(_ stacks: [Stack], passes: Int, blocks: [String: Int] = [:]) {
    let least = Dictionary(uniqueKeysWithValues: stacks.map { ($0.name, $0.least) })
    grown = stacks.filter { $0.depth > $0.least }.map {
      ($0, min($0.depth - $0.least, blocks[$0.name] ?? 1))
    }
    trials =
      [least] + grown.map { stack, blocks in least.merging([stack.name: stack.least + blocks]) { $1 } }
    self.passes = passes
  }

  static func == (left: StepForecast, right: StepForecast) -> Bool {
    left.trials == right.trials && left.passes == right.passes
  }

  /// The most blocks that a trial has beyond the least.
  var mostBlocks: Int { grown.map(\.blocks).max() ?? 0 }

  /// A quantity of the run that is affine in all depths, from its values in the trials.
  func extrapolated(_ values: [Double]) -> Double { parts(values).reduce(0, +) }

  /// The same, as the shares of the smallest model and of each stack's further blocks. On a busy machine a larger model may
  /// seem to take less than a smaller one; a block never takes less than nothing.
  func parts(_ values: [Double]) -> [Double] {
    [values[0]]
      + zip(grown, values.dropFirst()).map { part, value in
        max(0, value - values[0]) / Double(part.blocks) * Double(part.stack.depth - part.stack.least)
      }
  }

  /// Seconds of a step of the run.
  ///
  /// - Parameters:
  ///   - times: of one step of each trial.
  ///   - growth: how many times the operations of each part grow from the clips of the trials to those of a pass of the
  ///     run; not at all if nil.
  func seconds(_ times: [Times], growth: [Double]? = nil) -> Double {
    let pass = zip(parts(times.map(\.pass)), growth ?? trials.map { _ in 1 }).reduce(0) {
      $0 + $1.0 * $1.1
    }
    return Double(passes) * pass + extrapolated(times.map(\.update))
  }
}
