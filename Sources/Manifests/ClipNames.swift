/// What names of files tell.
enum ClipNames {
  /// What a clip is, by its name.
  enum Kind {
    case video
    /// A clip of one frame.
    case picture

    /// The kind of clips of an ending, in lower case and without its dot; nil where none is a clip.
    init?(ending: String) {
      if ClipNames.videoEndings.contains(ending) {
        self = .video
      } else if ClipNames.pictureEndings.contains(ending) {
        self = .picture
      } else {
        return nil
      }
    }

    /// The kind of a clip of a name; nil where it is none.
    init?(_ name: some StringProtocol) { self.init(ending: ClipNames.ending(name)) }
  }

  private static let videoEndings: Set<String> = [
    "264", "265", "3g2", "3gp", "apng", "asf", "avi", "flv", "gif", "h264", "h265", "hevc", "ivf", "m2ts",
    "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "obu", "ogg", "ogv", "ts", "vob", "webm", "wmv",
    "y4m",
  ]
  private static let pictureEndings: Set<String> = ["jpeg", "jpg", "png", "webp"]

  /// The clips among the files of a folder: videos, and pictures if they are wanted, but not those that have the name of
  /// a video but for the ending, which are its covers.
  static func clips(among names: [String], pictures: Bool) -> [String] {
    let videos = names.filter { Kind($0) == .video }
    guard pictures else { return videos }
    let stems = Set(videos.lazy.map(stem))
    return names.filter { name in
      switch Kind(name) {
      case .video: true
      case .picture: !stems.contains(stem(name))
      case nil: false
      }
    }
  }

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

extension ClipEntry {
  /// Whether the clip is a picture, by its name.
  public var isPicture: Bool { ClipNames.Kind(name) == .picture }
}
