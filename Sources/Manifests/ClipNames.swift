/// What names of files tell.
enum ClipNames {
  /// Endings that clips have.
  private static let clipEndings: Set<String> = [
    "264", "265", "3g2", "3gp", "apng", "asf", "avi", "flv", "gif", "h264", "h265", "hevc", "ivf", "m2ts",
    "m4v",
    "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "obu", "ogg", "ogv", "ts", "vob", "webm", "wmv", "y4m",
  ]

  /// Whether a name ends as those of clips do.
  static func isClip(_ name: some StringProtocol) -> Bool { isClip(ending: ending(name)) }

  /// Whether an ending, in lower case and without its dot, is one that clips have.
  static func isClip(ending: String) -> Bool { clipEndings.contains(ending) }

  /// Whether a name is that of a tar archive.
  static func isArchive(_ name: some StringProtocol) -> Bool { ending(name) == "tar" }

  /// What follows the last dot of a path's last part, in lower case.
  static func ending(_ name: some StringProtocol) -> String {
    let name = Substring(name)
    return lastDot(name).map { name[name.utf8.index(after: $0)...].lowercased() } ?? ""
  }

  /// A path without its ending.
  static func stem(_ name: String) -> String { lastDot(name[...]).map { String(name[..<$0]) } ?? name }

  private static func lastDot(_ name: Substring) -> String.Index? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), !name.utf8[dot...].contains(UInt8(ascii: "/"))
    else {
      return nil
    }
    return dot
  }

  /// A class's name as words: `playing_guitar` and `PlayingGuitar` are "playing guitar".
  static func words(_ label: some StringProtocol) -> String {
    var words = ""
    var wasLower = false
    let hasSpaces = label.contains { $0 == " " || $0 == "_" }
    for character in label {
      if character == "_" || character == " " {
        if !words.isEmpty, words.last != " " { words.append(" ") }
      } else if wasLower, character.isUppercase, !hasSpaces {
        words.append(" ")
        words.append(contentsOf: character.lowercased())
      } else {
        words.append(contentsOf: hasSpaces ? String(character) : character.lowercased())
      }
      wasLower = character.isLowercase || character.isNumber
    }
    return words.hasSuffix(" ") ? String(words.dropLast()) : words
  }

  /// The caption that a class alone gives: its name in words; nothing for a number.
  static func caption(ofClass label: some StringProtocol) -> String {
    label.allSatisfy { $0.isNumber } ? "" : words(label)
  }

  /// The split that a folder's name stands for.
  static func split(_ folder: some StringProtocol) -> String? {
    switch folder.lowercased() {
    case "train", "training": "train"
    case "val", "valid", "validate", "validation": "validation"
    case "test", "testing": "test"
    default: nil
    }
  }
}
