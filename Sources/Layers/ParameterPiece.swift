/// A stretch of a trained parameter's values: all of them, or the part that one of several ranks updates.
public struct ParameterPiece: Sendable {
  /// The parameter.
  public let entry: ParameterStore.Entry
  /// Which of its values, row-major.
  public let range: Range<Int>

  /// Some of a parameter's values; all of them if it is not said which.
  public init(_ entry: ParameterStore.Entry, _ range: Range<Int>? = nil) {
    self.entry = entry
    self.range = range ?? 0..<entry.count
    precondition(self.range.upperBound <= entry.count, "\(entry.name) has \(entry.count) values")
  }

  /// Where it begins in the flat buffers.
  public var start: Int { entry.offset + range.lowerBound }
  /// The number of its values.
  public var count: Int { range.count }
  /// Whether it is the whole parameter.
  public var isWhole: Bool { count == entry.count }

  /// The stretches of a parameter that are worked on by themselves, each of this many values but the last: pieces are cut
  /// between them, so that what is done to a stretch does not depend on how many ranks there are.
  public static let stretch = 16_384

  /// The stretches of the piece, as ranges of the flat buffers.
  public var stretches: [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: Self.stretch).map {
      entry.offset + $0..<entry.offset + min($0 + Self.stretch, range.upperBound)
    }
  }
}

extension ParameterStore {
  /// All trained parameters, each as one piece.
  public var trainedPieces: [ParameterPiece] { trainedEntries.map { ParameterPiece($0) } }
}
