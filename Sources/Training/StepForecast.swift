/// How long a step of a run will take, from the times of steps of smaller models.
///
/// A step is `accumulate` passes (forward and backward) and one update (norm, clipping, AdamW). Both are affine in the
/// depth of the transformer and in that of the text encoder:
///
///     seconds(d, e) = seconds(0, e₀) + d · block + (e − e₀) · textBlock
///
/// A block's time comes from a model with several, and what was measured with fewer clips than the run has grows like the
/// operations of its products.
struct StepForecast: Equatable {
  /// The sizes of a model whose steps are timed.
  struct Trial: Equatable {
    /// Blocks of the transformer and of the text encoder.
    var depth: Int, textDepth: Int
  }

  /// What steps of a trial took, in seconds.
  struct Times: Equatable {
    var pass: Double, update: Double
  }

  /// Without blocks; with blocks; and with more blocks of the text encoder, where the run's has more than one.
  let bare: Trial, deep: Trial, text: Trial?
  /// The run's sizes and passes.
  let run: Trial, accumulate: Int

  /// Trials for a run: `blocks` and `textBlocks` of which are timed.
  init(_ run: Trial, accumulate: Int, blocks: Int, textBlocks: Int) {
    let least = min(run.textDepth, 1)
    bare = Trial(depth: 0, textDepth: least)
    deep = Trial(depth: blocks, textDepth: least)
    text = run.textDepth > least ? Trial(depth: 0, textDepth: least + textBlocks) : nil
    self.run = run
    self.accumulate = accumulate
  }

  /// All trials, in the order of their times.
  var trials: [Trial] { [bare, deep] + (text.map { [$0] } ?? []) }

  /// A quantity of the run that is affine in both depths, from its values in the trials.
  func extrapolated(_ values: [Double]) -> Double {
    parts(values).reduce(0, +)
  }

  /// The same, as the shares of what has no blocks, of the blocks, and of the text encoder's further blocks.
  func parts(_ values: [Double]) -> [Double] {
    let block = (values[1] - values[0]) / Double(deep.depth)
    let textBlock = text.map { (values[2] - values[0]) / Double($0.textDepth - bare.textDepth) } ?? 0
    return [
      values[0], block * Double(run.depth), textBlock * Double(run.textDepth - bare.textDepth),
    ]
  }

  /// Seconds of a step of the run.
  ///
  /// - Parameters:
  ///   - times: of one step of each trial.
  ///   - growth: how many times the operations of each part grow from the clips of the trials to those of a pass of the
  ///     run.
  func seconds(_ times: [Times], growth: [Double] = [1, 1, 1]) -> Double {
    let pass = zip(parts(times.map(\.pass)), growth).reduce(0) { $0 + $1.0 * $1.1 }
    return Double(accumulate) * pass + extrapolated(times.map(\.update))
  }
}
