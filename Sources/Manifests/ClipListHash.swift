import Hashing

extension Sequence<ClipEntry> {
  /// One SHA-256 of the list of clips, as 64 hexadecimal digits: for each clip, in order, its name, its caption, and the
  /// start and the end of its piece in seconds (empty for none), each as text of UTF-8 after its length in bytes (eight
  /// bytes, the lowest first).
  public var listHash: String { listHash(withCaptions: true) }

  /// The same, where captions are not read with every caption empty.
  public func listHash(withCaptions: Bool) -> String {
    var hash = SHA256()
    for entry in self {
      hash.update(entry.name)
      hash.update(withCaptions ? entry.caption : "")
      for time in [entry.start, entry.end] { hash.update(time.map { "\($0)" } ?? "") }
    }
    return hash.finish()
  }
}

extension Sequence<String> {
  /// One SHA-256 of the labels of clips, as 64 hexadecimal digits: each as text of UTF-8 after its length in bytes (eight
  /// bytes, the lowest first).
  public var labelHash: String {
    var hash = SHA256()
    for label in self { hash.update(label) }
    return hash.finish()
  }
}
