import ArgumentParser
import Clips
import Commands
import Manifests
import Recipes

/// How commands end that prepare a recipe's clips once for all its runs: pack and encode.
enum PreparedClips {
  /// Says how many clips give no sample, and why the first of them do not.
  static func tellUnusable(_ count: Int, first: [BadClip]) {
    guard count > 0 else { return }
    let clips = count == 1 ? "1 clip gives" : "\(count) clips give"
    standardError(
      "\(clips) no sample; training will leave such clips out, as from the files\n"
        + first.map { "  \($0)\n" }.joined())
  }

  /// Ends with the code of a stop, or as a run on these clips would that finds too many of them bad.
  /// - Parameters:
  ///   - train: the training clips, if they are among those that were prepared.
  ///   - bad: how many of them give no sample; `first` are some of these.
  /// - Throws: `ExitCode`, `BadClipsError`.
  static func end(
    isStopped: Bool, _ data: DataSection, train: Manifest?, bad: Int, first: [BadClip]
  ) throws {
    if isStopped {
      standardError("to go on, run the same command again\n")
      throw ExitCode(ExitStatus.stopped.rawValue)
    }
    let tolerance = BadClipTolerance(share: data.badClipTolerance)
    if let train, let error = BadClipsError(bad, of: train, tolerance: tolerance, first: first) {
      throw error
    }
  }
}
