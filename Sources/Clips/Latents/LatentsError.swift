import Files
import HDF5

/// What is wrong with a folder of latents, or with making one.
public enum LatentsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There are no latents in the folder.
  case missing(folder: String)
  /// A shard is not what was written.
  case damaged(path: String, reason: String)
  /// The latents are not those of these clips, as they are now, by this autoencoder; `changes` are the first of `count`, a
  /// sentence each.
  case stale(folder: String, changes: [String], count: Int)
  /// The recipe asks for samples that no latents can give, or its autoencoder for what cannot be kept.
  case unfit(reason: String)
  /// The disk cannot take them.
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
      "There are no latents in \(folder) (data.latents); run vfm-data encode with this recipe, or leave the key out."
    case .damaged(let path, let reason):
      "The latents in \(path) are damaged: \(reason); remove this file and run vfm-data encode again."
    case .stale(let folder, let changes, let count):
      "The latents in \(folder) are not those of the recipe:" + changes.map { "\n  \($0)" }.joined()
        + (count > changes.count ? "\n  and \(count - changes.count) more" : "")
        + "\nRun vfm-data encode with this recipe again, which encodes anew what has changed, or leave data.latents out."
    case .unfit(let reason): reason
    case .diskFull(let path, let needed, let free):
      "The disk is too full to write \(path), which needs about \(needed >> 20) MB"
        + (free.map { " where \($0 >> 20) MB are free" } ?? "") + "; free some space and run again."
    case .cannotCreate(let path, let reason):
      "Cannot create \(path): \(reason); give an output folder that you may write to."
    case .failed(let path, let reason):
      "Reading or writing \(path) failed: \(reason); check the disk and run again."
    }
  }

  /// What became of writing a file.
  init(_ failure: WholeFile.Failure, _ path: String) {
    switch failure {
    case .diskFull(let needed, let free): self = .diskFull(path: path, needed: needed, free: free)
    case .cannotCreate(let reason): self = .cannotCreate(path: path, reason: reason)
    case .failed(let reason): self = .failed(path: path, reason: reason)
    }
  }
}
