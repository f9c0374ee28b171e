/// A run's report cannot be made.
public enum RunReportError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The folder is not there, or is not a folder.
  case noFolder(String)
  /// A file that every run has is not in the folder.
  case missing(String)
  /// A file is there and cannot be read, with the system's words.
  case unreadable(String, reason: String)
  /// The page cannot be written, with the system's words.
  case unwritable(String, reason: String)

  /// The file, what is wrong, and the remedy.
  public var description: String {
    switch self {
    case .noFolder(let path):
      "\(path) is not a folder; give the output folder of a training run"
    case .missing(let path):
      "\(path) is missing, so there is nothing to report; give the output folder of a training run that has begun"
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason); make it readable and write the report again"
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason); make room there or make the folder writable"
    }
  }
}
