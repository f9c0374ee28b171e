import Video

/// WebDataset: tar archives in which the members of a sample stand together and share a name up to its first
/// dot: the clip, `.txt` with the caption, `.json` with caption, label and other texts, `.cls` with the
/// label. Clips are read where they lie. An archive's split is told by a word of a folder's name, as in
/// `kinetics-train/`.
extension ManifestDraft {
  /// Reads an archive, a folder of archives, or those of a pattern.
  mutating func readWebDataset(_ source: ManifestSource) {
    let archives =
      source.isFolder || source.isPattern ? source.names.filter { ClipNames.isArchive($0) } : [source.name]
    for name in archives {
      do {
        // The size of an archive is no limit: only its members are read as clips.
        let bytes = try ClipBytes(root.file(name), limits: DecodeLimits(maxBytes: .max))
        var reader = ShardReader(name: name, bytes: bytes)
        try reader.read(into: &self)
      } catch let problem as TarProblem {
        report("\(name): \(problem.text)")
      } catch {
        report("\(name): \((error as? VideoError)?.reason ?? "\(error)")")
      }
    }
  }
}

/// Puts the members of an archive together to samples, one after the other.
private struct ShardReader {
  let name: String
  let bytes: ClipBytes
  private let split: String?
  private var key = ""
  private var row = ManifestRow()
  private var clip: TarMember?
  /// Hashes of the keys so far: a million of them take a few megabytes, where their names would take a
  /// hundred.
  private var keys: Set<Int> = []

  init(name: String, bytes: ClipBytes) {
    self.name = name
    self.bytes = bytes
    let folders = name.split(separator: "/").dropLast()
    split = folders.lazy.flatMap { $0.split { !$0.isLetter } }.compactMap { ClipNames.split($0) }.first
  }

  mutating func read(into draft: inout ManifestDraft) throws {
    let archive = try TarArchive(bytes)
    while let member = try archive.next() {
      // As in folders, hidden files are left out, such as those that macOS adds.
      if member.name.utf8.split(separator: UInt8(ascii: "/")).last?.first == UInt8(ascii: ".") { continue }
      let (key, ending) = Self.parts(of: member.name)
      if key != self.key {
        finish(&draft)
        start(key)
      }
      take(member, ending, &draft)
    }
    finish(&draft)
  }

  /// A member's key, which is its path up to the first dot of its last part, and its ending.
  private static func parts(of member: String) -> (key: String, ending: String) {
    let utf8 = member.utf8
    let base = utf8.lastIndex(of: UInt8(ascii: "/")).map { utf8.index(after: $0) } ?? utf8.startIndex
    let dot = utf8[base...].firstIndex(of: UInt8(ascii: "."))
    return (dot.map { String(member[..<$0]) } ?? member, ClipNames.ending(member))
  }

  private mutating func start(_ key: String) {
    self.key = key
    row = ManifestRow()
    clip = nil
  }

  private mutating func take(_ member: TarMember, _ ending: String, _ draft: inout ManifestDraft) {
    let isClip = ClipNames.isClip(ending: ending)
    guard isClip || ["txt", "json", "cls"].contains(ending) else { return }
    switch member.kind {
    case .file: break
    case .folder: return
    case .sparse: return report("is a sparse file, whose bytes do not lie in one piece", of: member, &draft)
    case .other: return report("is a link or a device, not a file of the archive", of: member, &draft)
    }
    if isClip {
      guard clip == nil else { return report("is a second clip of its name", of: member, &draft) }
      clip = member
    } else {
      takeText(member, ending, &draft)
    }
  }

  private mutating func takeText(_ member: TarMember, _ ending: String, _ draft: inout ManifestDraft) {
    let place = ClipFile.Member(name: member.name, offset: member.bytes.lowerBound, count: member.bytes.count)
    do {
      let text = try ShortText.read(bytes, place)
      switch ending {
      case "txt": row.caption = text.onOneLine
      case "cls": row.label = text.onOneLine
      default: try takeJSON(text)
      }
    } catch {
      let reason = (error as? JSONProblem)?.text ?? (error as? VideoError)?.reason ?? "\(error)"
      report("cannot be used: \(reason)", of: member, &draft)
    }
  }

  private mutating func takeJSON(_ text: String) throws {
    var text = text
    let found = try text.withUTF8 { (bytes) throws(JSONProblem) in
      var scanner = JSONScanner(UnsafeRawBufferPointer(bytes))
      scanner.skipSpace()
      let row = try scanner.row(RowKeys(path: "", captions: ["caption", "text", "prompt"]))
      try scanner.finish()
      return row
    }
    row.caption = row.caption ?? found.caption
    row.label = row.label ?? found.label
    (row.start, row.end, row.attributes) = (found.start, found.end, found.attributes)
  }

  /// Hands the sample over that has just ended.
  private mutating func finish(_ draft: inout ManifestDraft) {
    guard let clip else { return }
    guard keys.insert(key.hashValue).inserted else {
      return report("comes again after members of other names", of: clip, &draft)
    }
    guard let caption = row.caption ?? row.label.map({ ClipNames.caption(ofClass: $0) }) else {
      return report("has no caption: there is no \(key).txt or .json with one beside it", of: clip, &draft)
    }
    row.caption = caption
    row.path = "\(name)/\(clip.name)"
    row.split = row.split ?? split
    row.member = ManifestRow.Member(archive: name, bytes: clip.bytes)
    draft.add(row)
  }

  private func report(_ text: String, of member: TarMember, _ draft: inout ManifestDraft) {
    draft.report("\(name)/\(member.name) \(text)")
  }
}
