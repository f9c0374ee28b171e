import Video

/// The rows of a manifest, stored compactly: all texts in one arena of UTF-8, and a record of fixed size for
/// each row. A million rows take about their texts and 48 megabytes.
struct ManifestRows: Sendable {
  /// A row's texts lie one behind the other in the arena: name, caption, label, attributes.
  private struct Record: Sendable {
    var texts: Int
    var name: UInt32
    var caption: UInt32
    /// −1 for none.
    var label: Int32
    var attributes: UInt32
    /// The place in `splits`; −1 for none.
    var split: Int32
    /// NaN for none.
    var start: Double
    var end: Double
  }

  /// Where a clip lies in an archive; parallel to the records of a manifest of archives.
  private struct Place: Sendable {
    var archive: Int32
    var offset: Int
    var count: Int
  }

  private var arena: [UInt8] = []
  private var records: [Record] = []
  private var places: [Place] = []
  private var archives: [String] = []
  private var splits: [String] = []
  private var placesOfSplits: [String: Int32] = [:]

  var count: Int { records.count }

  /// Makes room for texts of so many bytes, so that the arena need not move while it grows. Room that is not
  /// used costs addresses, not memory.
  mutating func reserve(textBytes: Int) { arena.reserveCapacity(textBytes) }

  /// Adds a row that has a path and a caption.
  mutating func append(_ row: ManifestRow) {
    let texts = arena.count
    let name = add(row.path ?? "")
    let caption = add(row.caption ?? "")
    let label = row.label.map { add($0) }
    let beforeAttributes = arena.count
    for (key, value) in row.attributes.sorted(by: { $0.key < $1.key }) {
      for text in [key, value] {
        withUnsafeBytes(of: UInt32(text.utf8.count)) { arena.append(contentsOf: $0) }
        _ = add(text)
      }
    }
    records.append(
      Record(
        texts: texts, name: UInt32(name), caption: UInt32(caption), label: label.map { Int32($0) } ?? -1,
        attributes: UInt32(arena.count - beforeAttributes), split: place(of: row.split),
        start: row.start ?? .nan, end: row.end ?? .nan))
    if let member = row.member {
      // By their bytes: names that only look alike are different files.
      if !(archives.last?.utf8.elementsEqual(member.archive.utf8) ?? false) {
        archives.append(member.archive)
      }
      places.append(
        Place(archive: Int32(archives.count - 1), offset: member.bytes.lowerBound, count: member.bytes.count))
    }
  }

  private mutating func add(_ text: String) -> Int {
    arena.append(contentsOf: text.utf8)
    return text.utf8.count
  }

  private mutating func place(of split: String?) -> Int32 {
    guard let split else { return -1 }
    if let known = placesOfSplits[split] { return known }
    placesOfSplits[split] = Int32(splits.count)
    splits.append(split)
    return Int32(splits.count - 1)
  }

  private func text(_ start: Int, _ count: Int) -> String {
    arena.withUnsafeBufferPointer {
      String(decoding: UnsafeBufferPointer(rebasing: $0[start..<start + count]), as: UTF8.self)
    }
  }

  /// The caption of a row.
  func caption(_ index: Int) -> String {
    text(records[index].texts + Int(records[index].name), Int(records[index].caption))
  }

  /// The label of a row, or one of its attributes; nil if it has none.
  func label(_ index: Int, from source: LabelSource) -> String? {
    let record = records[index]
    let start = record.texts + Int(record.name) + Int(record.caption)
    switch source {
    case .label: return record.label < 0 ? nil : text(start, Int(record.label))
    case .attribute(let name):
      var position = start + Int(max(0, record.label))
      let end = position + Int(record.attributes)
      while position < end {
        let key = attributeText(&position)
        let value = (start: position + 4, count: attributeCount(at: position))
        if key == name { return text(value.start, value.count) }
        position = value.start + value.count
      }
      return nil
    }
  }

  /// A row as an entry.
  /// - Parameter root: tells where its file is.
  func entry(_ index: Int, in root: ClipRoot) -> ClipEntry {
    let record = records[index]
    var position = record.texts
    func next(_ count: UInt32) -> String {
      defer { position += Int(count) }
      return text(position, Int(count))
    }
    let name = next(record.name)
    let caption = next(record.caption)
    let label = record.label < 0 ? nil : next(UInt32(record.label))
    return ClipEntry(
      index: index, file: file(index, name, in: root), name: name, caption: caption, label: label,
      start: record.start.isNaN ? nil : record.start, end: record.end.isNaN ? nil : record.end,
      split: record.split < 0 ? nil : splits[Int(record.split)],
      attributes: attributes(from: position, count: Int(record.attributes)))
  }

  private func file(_ index: Int, _ name: String, in root: ClipRoot) -> ClipFile {
    guard !places.isEmpty else { return root.file(name) }
    let place = places[index]
    let archive = archives[Int(place.archive)]
    let member = ClipFile.Member(
      name: String(name.dropFirst(archive.count + 1)), offset: place.offset, count: place.count)
    return root.file(archive, member: member)
  }

  private func attributes(from start: Int, count: Int) -> [String: String] {
    var attributes: [String: String] = [:]
    var position = start
    while position < start + count {
      let key = attributeText(&position)
      attributes[key] = attributeText(&position)
    }
    return attributes
  }

  /// A key or value of an attribute; moves behind it.
  private func attributeText(_ position: inout Int) -> String {
    let count = attributeCount(at: position)
    defer { position += 4 + count }
    return text(position + 4, count)
  }

  /// How many bytes the key or value has that begins here.
  private func attributeCount(at position: Int) -> Int {
    arena.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: position, as: UInt32.self)) }
  }
}
