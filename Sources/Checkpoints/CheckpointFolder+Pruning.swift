import Files
import Foundation

extension CheckpointFolder {
  /// Removes checkpoints that are older than the newest `keep` good ones, never the one of `step`.
  ///
  /// Only whole checkpoints count as kept: a broken one must not push out the last good one behind it. Nor must those of
  /// later steps, which are none of this run's: they stay, and do not count.
  func prune(after step: Int, keep: Int) -> (removed: [String], warnings: [String]) {
    let entries = ((try? list()) ?? []).filter { $0.step <= step }
    guard entries.count > keep else { return ([], []) }
    var good = 0
    var removed: [String] = []
    var warnings: [String] = []
    for entry in entries.reversed() {
      if good < keep {
        if knownGood.contains(entry.path) || (try? read(entry)) != nil { good += 1 }
      } else if entry.step != step {
        do {
          try disk.remove(entry.path)
          removed.append(entry.path)
          warnings += removeParts(of: entry.step)
        } catch {
          warnings.append("The old checkpoint \(entry.path) cannot be removed: \(error.reason).")
        }
      }
    }
    return (removed, warnings)
  }

  /// Whether there is a checkpoint of a step, by its name.
  public func has(step: Int) -> Bool { ((try? list()) ?? []).contains { $0.step == step } }

  /// Removes checkpoints of later steps. Of processes that save together rank 0 alone does so.
  /// - Parameter last: those of steps beyond it stay.
  /// - Returns: those that could not be removed, one sentence each.
  public func removeBeyond(step: Int, through last: Int = .max) -> [String] {
    var warnings: [String] = []
    for entry in (try? list()) ?? [] where entry.step > step && entry.step <= last {
      do {
        try disk.remove(entry.path)
        warnings += removeParts(of: entry.step)
      } catch {
        warnings.append(
          "The checkpoint \(entry.path) is of a later step and cannot be removed: \(error.reason).")
      }
    }
    return warnings
  }
}
