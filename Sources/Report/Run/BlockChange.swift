/// How far the weights of one block have moved from the base's.
public struct BlockChange: Sendable, Equatable {
  /// The block: "transformer.blocks.3".
  public let block: String
  /// |ΔW| / |W|.
  public let relative: Double

  /// The change of a block.
  public init(block: String, relative: Double) {
    self.block = block
    self.relative = relative
  }

  /// By name, the numbers in names as numbers: block 2 stands before block 10. Values that are not finite are left out.
  static func ordered(_ changes: [String: Double]) -> [BlockChange] {
    changes.filter(\.value.isFinite).map {
      (parts: Self.parts(of: $0), change: BlockChange(block: $0, relative: $1))
    }
    .sorted { $0.parts.lexicographicallyPrecedes($1.parts, by: <) }.map(\.change)
  }

  /// Numbers stand before words.
  private static func parts(of name: String) -> [(Int, String)] {
    name.split(separator: ".").map { part in Int(part).map { ($0, "") } ?? (.max, String(part)) }
  }
}

extension [BlockChange] {
  /// The least, the middle and the greatest change; nil without blocks.
  var spread: (least: BlockChange, median: BlockChange, most: BlockChange)? {
    let sorted = sorted { $0.relative < $1.relative }
    return isEmpty ? nil : (sorted[0], sorted[count / 2], sorted[count - 1])
  }
}
