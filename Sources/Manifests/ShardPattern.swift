/// Archives named by a pattern with ranges of numbers, as in `shards/{00000..00012}.tar`.
struct ShardPattern {
  /// The most archives that a pattern may name.
  static let limit = 100_000

  /// The folder before the first brace.
  let folder: String
  /// The archives, relative to the folder.
  let names: [String]

  /// A path as a pattern; nil when it has no braces.
  init?(_ path: String) throws(ManifestError) {
    guard let brace = path.firstIndex(of: "{"), path[brace...].contains("}") else { return nil }
    let slash = path[..<brace].lastIndex(of: "/")
    folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var names = [""]
    var rest = path[(slash.map { path.index(after: $0) } ?? path.startIndex)...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let numbers = ShardPattern.numbers(rest[rest.index(after: open)..<close])
      guard let numbers, numbers.count * names.count <= ShardPattern.limit else {
        throw ManifestError(
          path: path, problem: "{\(rest[rest.index(after: open)..<close])} is not a range of numbers",
          remedy: "write a pattern as in shards/{00000..00012}.tar, of at most \(ShardPattern.limit) archives"
        )
      }
      let before = rest[..<open]
      names = names.flatMap { name in numbers.map { name + before + $0 } }
      rest = rest[rest.index(after: close)...]
    }
    self.names = names.map { $0 + rest }
    guard ClipNames.isArchive(rest) else {
      throw ManifestError(
        path: path, problem: "a pattern must name .tar files",
        remedy: "write it as in shards/{00000..00012}.tar, and decompress archives that are compressed")
    }
  }

  /// "00000..00012" as its numbers, as wide as the first is written.
  private static func numbers(_ range: Substring) -> [String]? {
    let ends = range.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2,
      ends.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 9 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let first = UInt(ends[0]), let last = UInt(ends[1]), first <= last, last - first < limit
    else { return nil }
    return (first...last).map { number in
      let digits = String(number)
      return String(repeating: "0", count: max(0, ends[0].utf8.count - digits.utf8.count)) + digits
    }
  }
}
