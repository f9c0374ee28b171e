import Glibc
import Video

/// One line of a manifest: a clip, or a piece of one, with its caption.
public struct ClipEntry: Sendable, Equatable {
  /// The entry's place in `Manifest.entries`.
  public let index: Int
  /// Where the clip's bytes are.
  public let file: ClipFile
  /// The path as the manifest writes it.
  public let name: String
  /// What the clip shows, in words; may be empty.
  public let caption: String
  /// The class of the clip, for recognition.
  public let label: String?
  /// Where the piece to use begins, in seconds after the first shown frame; nil for the beginning.
  public let start: Double?
  /// Where the piece to use ends, in seconds after the first shown frame; nil for the end.
  public let end: Double?
  /// Which part of the data the entry belongs to ("train", "validation", "test", …).
  public let split: String?
  /// Further facts by name (extra columns of a CSV, the object `attributes` of a JSON line).
  public let attributes: [String: String]

  /// An entry of given values.
  public init(
    index: Int, file: ClipFile, name: String, caption: String, label: String? = nil, start: Double? = nil,
    end: Double? = nil, split: String? = nil, attributes: [String: String] = [:]
  ) {
    self.index = index
    self.file = file
    self.name = name
    self.caption = caption
    self.label = label
    self.start = start
    self.end = end
    self.split = split
    self.attributes = attributes
  }

  /// Where the clip is, in words.
  public var path: String { file.description }

  /// How many bytes the clip has now; nil when its file cannot be looked at.
  public var byteCount: Int? {
    if let member = file.member { return member.count }
    var status = stat()
    return stat(file.path, &status) == 0 ? Int(status.st_size) : nil
  }
}
