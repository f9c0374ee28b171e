/// What went wrong with a checkpoint, in one sentence with a remedy.
public enum CheckpointError: Error, Equatable, Sendable {
  /// There is no such file.
  case missing(path: String)
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The bytes are not those that were written.
  case damaged(path: String, reason: String)
  /// The file is sound HDF5, but holds what this reader does not accept.
  case refused(path: String, reason: String)
  /// The file is a part of the checkpoint whose first file is called `first`.
  case isPart(path: String, of: String)
  /// The file is written in a later version of the format.
  case laterFormat(path: String, version: Int, known: Int)
  /// The tensors are not those of the model at hand; `differences` are sentences.
  case otherModel(path: String, group: String, differences: [String])
  /// Checkpoints lie in the folder, but none can be read; `reasons` name each.
  case noneReadable(folder: String, reasons: [String])
  /// The file or folder cannot be made.
  case cannotCreate(path: String, reason: String)
  /// Another run holds the folder.
  case folderInUse(folder: String, holder: String)
  /// The disk cannot take the checkpoint. `free` is nil when the system does not say; `intact` names the checkpoint
  /// that the failed save left as it was.
  case diskFull(path: String, needed: Int, free: Int?, intact: String?)
  /// The system refused a step of the save.
  case failedToWrite(path: String, reason: String, intact: String?)
  /// Of several processes that save together, this one did its part and the one of `rank` did not; `reason` is its error,
  /// a sentence with a remedy.
  case failedElsewhere(path: String, rank: Int, reason: String)

  /// What a command should make of an error.
  public enum Kind: Sendable {
    /// The content of the input is damaged or unfit (exit code 65).
    case unfitInput
    /// The input is missing or may not be read (exit code 66).
    case missingInput
    /// The output cannot be created (exit code 73).
    case cannotCreate
    /// Reading or writing failed, a full disk included (exit code 74).
    case inputOutput
  }

  /// What a command should make of this error.
  public var kind: Kind {
    switch self {
    case .missing, .unreadable: .missingInput
    case .damaged, .refused, .isPart, .laterFormat, .otherModel, .noneReadable: .unfitInput
    case .cannotCreate, .folderInUse: .cannotCreate
    case .diskFull, .failedToWrite, .failedElsewhere: .inputOutput
    }
  }

  /// The same error, naming the checkpoint that the failed save left as it was.
  func leaving(intact: String?) -> CheckpointError {
    switch self {
    case .diskFull(let path, let needed, let free, _):
      .diskFull(path: path, needed: needed, free: free, intact: intact)
    case .failedToWrite(let path, let reason, _):
      .failedToWrite(path: path, reason: reason, intact: intact)
    default: self
    }
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One sentence for the user, ending in a remedy.
  public var description: String {
    switch self {
    case .missing(let path):
      "There is no checkpoint \(path); check the path."
    case .unreadable(let path, let reason):
      "The checkpoint \(path) cannot be read: \(reason); check the path and its permissions."
    case .damaged(let path, let reason):
      "The checkpoint \(path) is damaged: \(reason); use an earlier checkpoint or copy this one again."
    case .refused(let path, let reason):
      "The file \(path) is not accepted: \(reason); give one that this program wrote."
    case .isPart(let path, let first):
      "The file \(path) is one part of a checkpoint; give \(first), beside which all of its parts lie."
    case .laterFormat(let path, let version, let known):
      "The checkpoint \(path) has format version \(version) and this program knows versions up to \(known); "
        + "update the program."
    case .otherModel(let path, let group, let differences):
      "The checkpoint \(path) is of another model, its \(group) differ: \(differences.joined(separator: "; ")); "
        + "use the recipe that the checkpoint was made with, or another checkpoint."
    case .noneReadable(let folder, let reasons):
      "No checkpoint in \(folder) can be read, and starting anew there would bury them: "
        + "\(reasons.joined(separator: " ")) Restore one of them, or give another output folder."
    case .cannotCreate(let path, let reason):
      "Cannot create \(path): \(reason); give an output folder that you may write to."
    case .folderInUse(let folder, let holder):
      "The folder \(folder) is in use by another run (\(holder)); wait for it to end or give another output folder."
    case .diskFull(let path, let needed, let free, let intact):
      "The disk is too full to write \(path), which needs \(inWords(needed))"
        + (free.map { " where \(inWords($0)) are free" } ?? "")
        + "\(leaving(intact)); free some space and run again."
    case .failedToWrite(let path, let reason, let intact):
      "Writing \(path) failed: \(reason)\(leaving(intact)); check the disk and run again."
    case .failedElsewhere(let path, let rank, let reason):
      "The checkpoint \(path) is not saved, for rank \(rank) failed: \(reason)"
    }
  }

  private func leaving(_ intact: String?) -> String {
    intact.map { "; the earlier checkpoint \($0) is intact" } ?? ""
  }
}

/// 12_345_678 as "12345678 bytes (12.3 MB)".
private func inWords(_ bytes: Int) -> String {
  guard bytes >= 100_000 else { return "\(bytes) bytes" }
  let tenths = (bytes + 50_000) / 100_000
  return "\(bytes) bytes (\(tenths / 10).\(tenths % 10) MB)"
}
