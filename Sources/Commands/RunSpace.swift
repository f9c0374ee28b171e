import Recipes
import Tasks
import Video

/// What a run writes into its folder, as far as it can be known before: room for it is asked for at the start, not found
/// wanting after days.
public struct RunSpace: Sendable, Equatable {
  /// The most checkpoints that lie there at once, those of the best look included, while one is saved.
  public let checkpoints: Int
  /// Bytes of them; of all samples, roughly; and of the log.
  public let checkpointBytes: Int, sampleBytes: Int, logBytes: Int

  /// All bytes.
  public var total: Int { added(added(checkpointBytes, sampleBytes), logBytes) }

  /// What a run adds from a step on.
  /// - Parameters:
  ///   - checkpoint: bytes of one.
  ///   - kept: how many lie in the folder already.
  ///   - best: the same of the folder of the best.
  public init(_ recipe: Recipe, checkpoint: Int, from step: Int = 0, kept: Int = 0, best: Int = 0) {
    let training = recipe.training
    let left = max(0, training.steps - step)
    func times(_ every: Int, _ bytes: Int = 1) -> Int {
      let product = (every == 0 ? 0 : (left + every - 1) / every).multipliedReportingOverflow(by: bytes)
      return product.overflow ? .max : product.partialValue
    }
    // A new one is there before an old one goes.
    let most = min(training.keepCheckpoints + 1, kept + times(training.checkpointEvery))
    let mostBest = recipe.evaluation.keepBest ? min(2, best + times(training.validateEvery)) : 0
    checkpoints = max(most, kept) + max(mostBest, best)
    checkpointBytes = (checkpoints - kept - best) * checkpoint
    sampleBytes = times(training.sampleEvery, recipe.task.samples.map(Self.bytes) ?? 0)
    // A line of the log has about 250 bytes; one of a look some more.
    logBytes = 250 * left + times(training.validateEvery, 1000)
  }

  /// Bytes of a set of samples: clips are coded, a lossless one and the sheet to about half of their pixels.
  private static func bytes(_ samples: SamplesSection) -> Int {
    let size = samples.size
    let raw = 3 * size.frames * size.height * size.width
    let factor = max(1, 128 / max(1, min(size.height, size.width)))
    let clip = samples.format == .mkv ? raw / 2 : raw * factor * factor / 16
    return samples.prompts.count * (clip + raw / 2)
  }
}

/// A sum; no more than can be counted.
private func added(_ one: Int, _ other: Int) -> Int {
  let (sum, overflows) = one.addingReportingOverflow(other)
  return overflows ? .max : sum
}
