import Files

/// One of a checkpoint's parts as its first file names it.
struct PartReference: Equatable, Codable {
  let name: PartName
  /// The SHA-256 that the part's seal says.
  let digest: String

  /// Parts as a text: a line each, name and digest.
  static func text(of parts: [PartReference]) -> String {
    parts.map { "\($0.name.text) \($0.digest)" }.joined(separator: "\n")
  }

  /// The parts that such a text in the file at `path` names: all but the first of one save, in order.
  /// - Throws: `CheckpointError.refused` when it names anything else.
  static func list(_ text: String, path: String) throws(CheckpointError) -> [PartReference] {
    var parts: [PartReference] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      guard let name = PartName(String(words[0])) else {
        throw CheckpointError.refused(
          path: path, reason: "it names the part '\(String(words[0]).printable)', and no part is called so")
      }
      let next = PartName(
        step: parts.first?.name.step ?? name.step, token: parts.first?.name.token ?? name.token,
        number: parts.count + 2, count: parts.first?.name.count ?? name.count)
      guard name == next, words.count == 2, words[1].utf8.count == 64, words[1].isHexadecimal else {
        throw noSense(path)
      }
      parts.append(PartReference(name: name, digest: String(words[1])))
    }
    guard let count = parts.first?.name.count, parts.count == count - 1 else { throw noSense(path) }
    return parts
  }

  private static func noSense(_ path: String) -> CheckpointError {
    .refused(path: path, reason: "its attribute \(FormatAttribute.parts) does not name the parts of one save")
  }
}
