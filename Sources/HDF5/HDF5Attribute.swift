/// A plain value beside the datasets of a file.
public enum HDF5Attribute: Equatable, Sendable, Codable {
  /// UTF-8 without NUL characters.
  case text(String)
  /// Kept as 64 bits.
  case integer(Int)
  /// Kept as 64 bits.
  case number(Double)
}
