/// What is wrong with features, or with making them, in one sentence with a remedy.
public enum FeaturesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no such file, or it may not be read.
  case missing(path: String)
  /// The file holds something else.
  case otherFile(path: String, reason: String)
  /// The bytes are not those that were written.
  case damaged(path: String, reason: String)
  /// Features, clips or labels do not serve; the sentence says which and what to do.
  case unfit(String)
  /// The file that features were to be written to holds something else.
  case occupied(path: String)
  /// A file or folder cannot be made.
  case cannotCreate(path: String, reason: String)
  /// The disk cannot take it. `free` is nil when the system does not say.
  case diskFull(path: String, needed: Int, free: Int?)
  /// The system refused to write.
  case failed(path: String, reason: String)

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .missing(let path):
      "There is no file \(path), or it may not be read; check the path."
    case .otherFile(let path, let reason):
      "\(path) is no file of features: \(reason); give one that vfm-eval features wrote."
    case .damaged(let path, let reason):
      "The features in \(path) are damaged: \(reason); compute them again with vfm-eval features, or copy the file again."
    case .unfit(let sentence): sentence
    case .occupied(let path):
      "\(path) is there and holds no features that can be read, so it is not replaced; remove it, or name another file."
    case .cannotCreate(let path, let reason):
      "Cannot create \(path): \(reason); name a folder that you may write to."
    case .diskFull(let path, let needed, let free):
      "The disk is too full to write \(path), which needs about \(needed / 1_000_000 + 1) MB"
        + (free.map { " where \($0 / 1_000_000) MB are free" } ?? "") + "; free some space and run again."
    case .failed(let path, let reason):
      "Writing \(path) failed: \(reason); check the disk and run again."
    }
  }
}
