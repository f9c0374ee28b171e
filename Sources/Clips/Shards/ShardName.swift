/// What the shards of a folder hold, by the word that their names begin with.
enum ShardKind: String {
  /// Decoded clips.
  case clips
  /// What an autoencoder made of clips.
  case latents
}

/// The name of a shard: `clips-00003.h5`, or `clips-2-of-8-00003.h5` of a part.
struct ShardName: Hashable {
  private static let ending = ".h5"

  let kind: ShardKind
  let part: FolderPart
  let number: Int

  init(_ kind: ShardKind, _ part: FolderPart, _ number: Int) {
    (self.kind, self.part, self.number) = (kind, part, number)
  }

  /// The shard that a file's name says; nil if it is not the name of one.
  init?(_ kind: ShardKind, _ text: String) {
    let beginning = kind.rawValue + "-"
    guard text.hasPrefix(beginning), text.hasSuffix(Self.ending) else { return nil }
    let middle = text.dropFirst(beginning.count).dropLast(Self.ending.count)
    let digits = middle.lastIndex(of: "-").map { middle[middle.index(after: $0)...] } ?? middle
    guard let number = Int(digits) else { return nil }
    let part = digits == middle ? .whole : FolderPart(name: middle.dropLast(digits.count + 1))
    guard let part else { return nil }
    self.init(kind, part, number)
    if self.text != text { return nil }
  }

  /// The file's name.
  var text: String {
    let digits = String(number)
    return kind.rawValue + "-" + (part == .whole ? "" : part.name + "-")
      + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + Self.ending
  }

  /// Whether the process of a part removes this shard when it is of no use any more.
  ///
  /// Shards of another part of as many are left to that part, which may write one of the same name at any moment. Those
  /// of another number of parts are written by nobody at the time.
  func mayBeRemoved(by part: FolderPart) -> Bool { self.part == part || self.part.count != part.count }
}
