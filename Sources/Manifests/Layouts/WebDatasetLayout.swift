import Video

/// WebDataset: tar archives in which the members of a sample share a name up to its first dot: the clip, `.txt` with the
/// caption, `.json` with caption, label and other texts, `.cls` with the label. They usually stand together, and need
/// not. Clips are read where they lie. An archive's split is told by a word of a folder's name, as in `kinetics-train/`.
extension ManifestDraft {
  /// Reads an archive, a folder of archives, or those of a pattern.
  mutating func readWebDataset(_ source: ManifestSource) {
    let archives =
      source.isFolder || source.isPattern ? source.names.filter { ClipNames.isArchive($0) } : [source.name]
    for name in archives {
      let file = root.file(name)
      // The size of an archive is no limit: only its members are read as clips.
      let bytes = reading(name) { () throws(VideoError) in
        try ClipBytes(file, limits: DecodeLimits(maxBytes: .max))
      }
      guard let bytes else { continue }
      do throws(TarProblem) {
        var reader = ShardReader(name: name, bytes: bytes)
        try reader.read(into: &self)
        reader.finish(&self)
      } catch {
        if let machine = error.machine { end(machine) } else { report("\(name): \(error.text)") }
      }
    }
  }
}

/// Puts the members of one archive together to samples.
private struct ShardReader {
  /// What was found of a sample so far.
  private struct Sample {
    let key: String
    var row = ManifestRow()
    var video: TarMember?
    /// A picture beside a video is its cover.
    var pictures: [TarMember] = []
    /// How many texts of each ending there are.
    var texts: [String: Int] = [:]
    /// Its key as other members write it, with letters that are composed otherwise.
    var otherKey: String?

    /// Whether members may belong to two samples whose names look alike.
    var isAmbiguous: Bool {
      otherKey != nil && (pictures.count + (video == nil ? 0 : 1) > 1 || texts.values.contains { $0 > 1 })
    }
  }

  let name: String
  let bytes: ClipBytes
  private let split: String?
  /// In the order of their first members.
  private var samples: [Sample] = []
  private var places: [String: Int] = [:]

  init(name: String, bytes: ClipBytes) {
    self.name = name
    self.bytes = bytes
    let folders = name.split(separator: "/").dropLast()
    split = folders.lazy.flatMap { $0.split { !$0.isLetter } }.compactMap { ClipNames.split($0) }.first
  }

  mutating func read(into draft: inout ManifestDraft) throws(TarProblem) {
    let archive = try TarArchive(bytes)
    while let member = try archive.next() {
      // As in folders, hidden files are left out, such as those that macOS adds.
      if member.name.utf8.split(separator: UInt8(ascii: "/")).last?.first == UInt8(ascii: ".") { continue }
      let (key, ending) = Self.parts(of: member.name)
      take(member, key, ending, &draft)
    }
  }

  /// A member's key, which is its path up to the first dot of its last part, and its ending.
  private static func parts(of member: String) -> (key: String, ending: String) {
    let utf8 = member.utf8
    let base = utf8.lastIndex(of: UInt8(ascii: "/")).map { utf8.index(after: $0) } ?? utf8.startIndex
    let dot = utf8[base...].firstIndex(of: UInt8(ascii: "."))
    return (dot.map { String(member[..<$0]) } ?? member, ClipNames.ending(member))
  }

  private mutating func take(
    _ member: TarMember, _ key: String, _ ending: String, _ draft: inout ManifestDraft
  ) {
    let kind = ClipNames.Kind(ending: ending)
    guard kind != nil || ["txt", "json", "cls"].contains(ending) else { return }
    switch member.kind {
    case .file: break
    case .folder: return
    case .sparse: return report("is a sparse file, whose bytes do not lie in one piece", of: member, &draft)
    case .other: return report("is a link or a device, not a file of the archive", of: member, &draft)
    }
    let place = self.place(of: key)
    if let kind {
      takeClip(member, kind, place, &draft)
    } else {
      takeText(member, ending, place, &draft)
    }
  }

  private mutating func place(of key: String) -> Int {
    // Most members stand beside the others of their sample.
    if let last = samples.last, last.key.utf8.elementsEqual(key.utf8) { return samples.count - 1 }
    if let known = places[key] {
      if !samples[known].key.utf8.elementsEqual(key.utf8) { samples[known].otherKey = key }
      return known
    }
    samples.append(Sample(key: key))
    places[key] = samples.count - 1
    return samples.count - 1
  }

  private mutating func takeClip(
    _ member: TarMember, _ kind: ClipNames.Kind, _ place: Int, _ draft: inout ManifestDraft
  ) {
    switch kind {
    case .picture: samples[place].pictures.append(member)
    case .video:
      if samples[place].video == nil {
        samples[place].video = member
      } else if samples[place].otherKey == nil {
        reportSecond(member, &draft)
      } else {
        samples[place].pictures.append(member)  // which makes the sample ambiguous
      }
    }
  }

  private func reportSecond(_ member: TarMember, _ draft: inout ManifestDraft) {
    report("is a second clip of its name", of: member, &draft)
  }

  private mutating func takeText(
    _ member: TarMember, _ ending: String, _ place: Int, _ draft: inout ManifestDraft
  ) {
    let piece = ClipFile.Member(name: member.name, offset: member.bytes.lowerBound, count: member.bytes.count)
    let text = draft.reading("\(name)/\(member.name) cannot be used") { () throws(VideoError) in
      try ShortText.read(bytes, piece)
    }
    guard let text else { return }
    samples[place].texts[ending, default: 0] += 1
    switch ending {
    case "txt": samples[place].row.caption = text
    case "cls": samples[place].row.label = text.onOneLine
    default:
      do {
        try takeJSON(text, place)
      } catch {
        report("cannot be used: \((error as? JSONProblem)?.text ?? "\(error)")", of: member, &draft)
      }
    }
  }

  private mutating func takeJSON(_ text: String, _ place: Int) throws {
    var text = text
    let found = try text.withUTF8 { (bytes) throws(JSONProblem) in
      var scanner = JSONScanner(UnsafeRawBufferPointer(bytes))
      scanner.skipSpace()
      let row = try scanner.row(RowKeys(paths: [], captions: RowKeys.captionNames))
      try scanner.finish()
      return row
    }
    var row = samples[place].row
    row.caption = row.caption ?? found.caption
    row.label = row.label ?? found.label
    (row.start, row.end, row.attributes) = (found.start, found.end, found.attributes)
    samples[place].row = row
  }

  /// Hands the samples over, once the whole archive was seen.
  func finish(_ draft: inout ManifestDraft) {
    let hasVideos = samples.contains { $0.video != nil }
    for sample in samples {
      guard let clip = sample.video ?? sample.pictures.first else { continue }
      if let other = sample.otherKey, sample.isAmbiguous {
        draft.reportSameName("\(name)/\(sample.key)", "\(name)/\(other)")
        continue
      }
      if sample.video == nil {
        if !draft.takesPictures {
          draft.picturesNotWanted += 1
          continue
        }
        if sample.pictures.count > 1 { reportSecond(sample.pictures[1], &draft) }
      }
      var row = sample.row
      guard let caption = row.caption ?? row.label.map({ ClipNames.caption(ofClass: $0) }) else {
        if sample.video == nil && hasVideos {
          draft.picturesWithoutCaption += 1
        } else {
          report("has no caption: there is no \(sample.key).txt or .json with one", of: clip, &draft)
        }
        continue
      }
      row.caption = caption
      row.path = "\(name)/\(clip.name)"
      row.split = row.split ?? split
      row.member = ManifestRow.Member(archive: name, bytes: clip.bytes)
      draft.add(row)
    }
  }

  private func report(_ text: String, of member: TarMember, _ draft: inout ManifestDraft) {
    draft.report("\(name)/\(member.name) \(text)")
  }
}
