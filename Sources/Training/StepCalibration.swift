import Clips
import Foundation
import Tensors

/// Seconds of a run's step, predicted by timing steps of the very recipe with fewer blocks, for about ten seconds.
///
/// Weights are random and clips made up, so no clip is read. It holds less memory than the run.
public struct StepCalibration: Sendable {
  /// The predicted seconds of a step: the median over the rounds of timing, and the quarters below and above it.
  public let secondsPerStep: Double, secondsLow: Double, secondsHigh: Double
  /// Rounds of timing, and the blocks and clips that were timed.
  public let rounds: Int, blocks: Int, clips: Int
  /// The most bytes that its tensors held at once.
  public let peakBytes: Int
  /// How long it took.
  public let calibrationSeconds: Double

  /// What is foretold of steps of several shapes, in the mean of all steps by the shapes' shares.
  ///
  /// - Parameters:
  ///   - shapes: the shapes, whose shares add up to 1.
  ///   - passes: those of one of several ranks in a step; all if nil. What ranks send is not foretold.
  public static func mean(
    _ blueprint: Blueprint, _ shapes: [BatchShape], captions: [String], runPeakBytes: Int,
    passes: Int? = nil, seconds limit: Double = 10
  ) throws -> (mean: StepCalibration, byShape: [StepCalibration]) {
    let each = try shapes.map {
      try StepCalibration(
        blueprint, $0, captions: captions, runPeakBytes: runPeakBytes, passes: passes,
        seconds: limit / Double(shapes.count))
    }
    return (each.count == 1 ? each[0] : StepCalibration(mean: each, shares: shapes.map(\.share)), each)
  }

  private init(mean each: [StepCalibration], shares: [Double]) {
    func mean(_ figure: (StepCalibration) -> Double) -> Double {
      zip(each, shares).reduce(0) { $0 + $1.1 * figure($1.0) }
    }
    (secondsPerStep, secondsLow, secondsHigh) = (
      mean(\.secondsPerStep), mean(\.secondsLow), mean(\.secondsHigh)
    )
    rounds = each.map(\.rounds).min()!
    blocks = each.map(\.blocks).min()!
    clips = each.map(\.clips).min()!
    peakBytes = each.map(\.peakBytes).max()!
    calibrationSeconds = each.reduce(0) { $0 + $1.calibrationSeconds }
  }

  /// Times steps until `seconds` are over, three rounds at least unless a round takes longer than a third of them.
  /// - Parameter batch: the shape of the steps, and their clips; those of the recipe's own shape if nil.
  public init(
    _ blueprint: Blueprint, _ batch: BatchShape? = nil, captions: [String] = [""], runPeakBytes: Int,
    passes: Int? = nil, seconds limit: Double = 10
  ) throws {
    let clock = ContinuousClock()
    let begun = clock.now
    var elapsed: Double { (clock.now - begun) / .seconds(1) }
    let before = Memory.statistics.liveBytes
    let choice = try TrialChoice(
      blueprint, batch ?? blueprint.recipe.batchShapes[0], captions,
      passes: passes ?? blueprint.recipe.training.gradientAccumulation, mostBytes: runPeakBytes,
      mostOperations: 0.5 * Self.productRate() * limit)
    Memory.trim()
    Memory.resetPeak()
    var predictions: [Double] = []
    do {
      let steps = try choice.forecast.trials.map { try TrialStep(blueprint, $0, choice.shape, captions) }
      // The first step brings the memory of a trial into the process; in a trial that takes long that is little of it.
      var longest = 0.0
      let start = elapsed
      for step in steps { _ = step.run() }
      longest = elapsed - start
      repeat {
        let start = elapsed
        predictions.append(choice.forecast.seconds(steps.map { $0.run() }, growth: choice.growth))
        longest = elapsed - start
      } while predictions.count < 25 && elapsed + longest < limit
    }
    peakBytes = Memory.statistics.peakBytes - before
    Memory.trim()
    predictions.sort()
    secondsPerStep = predictions[predictions.count / 2]
    secondsLow = predictions[predictions.count / 4]
    secondsHigh = predictions[min(predictions.count - 1, 3 * predictions.count / 4)]
    (rounds, blocks, clips) = (predictions.count, choice.forecast.mostBlocks, choice.shape.clips)
    calibrationSeconds = elapsed
  }

  /// The rate of matrix products on this machine, in operations a second: a tenth of a second's measurement.
  private static func productRate() -> Double {
    let (a, b, c) = (Tensor.zeros([1024, 256]), Tensor.zeros([1024, 256]), Tensor([1024, 1024]))
    let clock = ContinuousClock()
    var (best, rounds) = (0.0, 0)
    let begun = clock.now
    repeat {
      let start = clock.now
      multiply(a, transposed: b, into: c)
      best = max(best, Double(2 * 1024 * 1024 * 256) / ((clock.now - start) / .seconds(1)))
      rounds += 1
    } while rounds < 3 || clock.now - begun < .milliseconds(100)
    return best
  }
}
