/// What is wrong with a pack, or with making one.
public enum PackError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no pack in the folder.
  case missing(folder: String)
  /// A shard is not what was written.
  case damaged(path: String, reason: String)
  /// The pack is not of these clips as they are now; `changes` are the first of `count`, a sentence each.
  case stale(folder: String, changes: [String], count: Int)
  /// The recipe asks for samples that no pack can give.
  case unfit(reason: String)
  /// One clip is longer than a shard.
  case tooLong(clip: String, frames: Int, megabytes: Int)
  /// The disk cannot take the pack.
  case diskFull(path: String, needed: Int, free: Int?)
  /// A file or the folder cannot be made.
  case cannotCreate(path: String, reason: String)
  /// The system refused to read or write.
  case failed(path: String, reason: String)

  /// How many changes are listed.
  static let shown = 20

  /// One sentence with a remedy, and a list of changes.
  public var description: String {
    switch self {
    case .missing(let folder):
      "There are no packed clips in \(folder) (data.packed); run vfm-data pack with this recipe, or leave the key out."
    case .damaged(let path, let reason):
      "The packed clips in \(path) are damaged: \(reason); remove this file and run vfm-data pack again."
    case .stale(let folder, let changes, let count):
      "The packed clips in \(folder) are not those of the recipe:"
        + changes.map { "\n  \($0)" }.joined()
        + (count > changes.count ? "\n  and \(count - changes.count) more" : "")
        + "\nRun vfm-data pack again, which packs anew what has changed, or leave data.packed out."
    case .unfit(let reason): reason
    case .tooLong(let clip, let frames, let megabytes):
      "\(clip) takes more than \(megabytes) MB when packed (\(frames) frames and more), which is the limit of a shard; "
        + "name shorter pieces of it in the manifest (start, end), set data.start to \"first\", or leave data.packed out."
    case .diskFull(let path, let needed, let free):
      "The disk is too full to write \(path), which needs about \(needed >> 20) MB"
        + (free.map { " where \($0 >> 20) MB are free" } ?? "") + "; free some space and run again."
    case .cannotCreate(let path, let reason):
      "Cannot create \(path): \(reason); give an output folder that you may write to."
    case .failed(let path, let reason):
      "Reading or writing \(path) failed: \(reason); check the disk and run again."
    }
  }
}
