import Checkpoints
import ClipIndexing
import Commands
import Manifests
import Training

/// The clips of a run, held against those that it began with.
struct RunClips {
  let manifest: Manifest
  let index: ClipIndex?
  /// Where the classes come from that it learns, if it learns any.
  let labels: LabelSource?
  /// Where the run keeps its list of clips.
  let path: String
  /// The run's folder.
  let run: String
  /// Whether this process writes the list; one of several ranks does.
  let writes: Bool

  private var list: ClipList { ClipList(manifest, index: index, labels: labels) }

  /// Notes the clips of a run.
  func begin(_ state: RunState) throws {
    state.clipList = writes ? try list.write(to: path) : list.digest
  }

  /// Throws `Failure` unless the clips are those that a run began with, which a checkpoint holds as `saved` has it.
  /// - Returns: whether the list of clips is to be noted anew.
  func check(_ checkpoint: LoadedCheckpoint, _ saved: Blueprint) throws -> Bool {
    if let digest = RunState.clipList(of: checkpoint) {
      do {
        guard let changes = try list.changes(since: path, digest: digest) else {
          // A list that is lost or torn would hide what changes from now on.
          return try !ClipList.isFile(path, digest)
        }
        throw refusal(changes)
      } catch let error as ClipListError {
        // Names, captions and pieces are in the checkpoint too.
        guard saved.isOf(manifest) else { throw Failure(.unfitInput, "\(sentence). \(error)") }
        standardError(
          "note: \(error) Names, captions and pieces are those of then; the clips' sizes are noted anew.\n")
      }
    } else if !saved.isOf(manifest) {
      throw Failure(.unfitInput, "\(sentence). \(remedy)")
    }
    return true
  }

  private var sentence: String {
    "The clips of \(manifest.path) are not those that the run in \(run) began with, so it could not go on as if never stopped"
  }

  private var remedy: String {
    "Put clips, captions and classes back as they were then, or give another --output folder to begin anew."
  }

  private func refusal(_ changes: ClipList.Changes) -> Failure {
    let more =
      changes.count > changes.first.count ? "\n  and \(changes.count - changes.first.count) more" : ""
    return Failure(
      .unfitInput,
      "\(sentence); \(changes.count == 1 ? "1 change" : "\(changes.count) changes"):"
        + changes.first.map { "\n  \($0)" }.joined() + more + "\n\(remedy)")
  }
}
