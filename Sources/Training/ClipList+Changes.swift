import Files
import Foundation
import Hashing

extension ClipList {
  /// What has changed between two lists, a sentence for each clip.
  public struct Changes: Sendable {
    /// The first of them, in the order of the lists.
    public let first: [String]
    /// How many there are.
    public let count: Int
  }

  /// Whether a file is the list of a digest.
  /// - Throws: `MachineError`.
  public static func isFile(_ path: String, _ digest: String) throws -> Bool {
    guard let bytes = try patiently({ try wholeFile(path) }) else { return false }
    return bytes.withUnsafeBytes { SHA256.hex(of: $0) } == digest
  }

  /// What has become of the clips since the list at `path` was written; nil if they are the same.
  ///
  /// Digests are compared where both lists have them. Lists that are the same are not parsed, and of others
  /// only the lines that differ.
  /// - Parameter digest: the list's, as the checkpoint has it.
  /// - Throws: `ClipListError.unusable` when the list is not there or has another digest; `MachineError`.
  public func changes(since path: String, digest: String) throws -> Changes? {
    if self.digest == digest { return nil }
    guard let bytes = try patiently({ try wholeFile(path) }) else {
      throw ClipListError.unusable(path: path, reason: "cannot be read")
    }
    guard bytes.withUnsafeBytes({ SHA256.hex(of: $0) }) == digest else {
      throw ClipListError.unusable(path: path, reason: "is not the one that the checkpoint was saved with")
    }
    let then = bytes.split(separator: UInt8(ascii: "\n"))
    var now: [Data] = []
    now.reserveCapacity(manifest.count)
    var line: [UInt8] = []
    for entry in manifest {
      line.removeAll(keepingCapacity: true)
      appendLine(of: entry, to: &line)
      now.append(Data(line.dropLast()))
    }
    let comparesDigests = [then, now].allSatisfy { $0.first.map(ClipRow.hasDigest) ?? false }
    return ClipRow.changes(
      from: comparesDigests ? then : then.map(ClipRow.core), to: comparesDigests ? now : now.map(ClipRow.core)
    )
  }
}

/// A line of the list, parsed.
private struct ClipRow: Codable {
  var path: String
  var caption: String
  var label: String?
  var start: Double?
  var end: Double?
  var bytes: Int?
  var sha256: String?
  /// Its place in the list, from 0.
  var place: Int?

  private static let digest = (opening: Data(#","sha256":""#.utf8), count: #","sha256":""}"#.utf8.count + 64)

  /// Whether a line ends with a digest.
  static func hasDigest(_ line: Data) -> Bool { line.suffix(digest.count).starts(with: digest.opening) }

  /// Everything of a line but the digest, which comes last, and the closing brace.
  static func core(of line: Data) -> Data { line.dropLast(hasDigest(line) ? digest.count : 1) }

  static func changes(from then: [Data], to now: [Data]) -> ClipList.Changes? {
    let (gone, come) = (rows(in: then, notIn: now), rows(in: now, notIn: then))
    var sentences = matches(gone, come)
    if sentences.isEmpty {
      for (place, lines) in zip(then, now).enumerated() where lines.0 != lines.1 {
        let (old, new) = (row(lines.0, place), row(lines.1, place))
        if old.essence == new.essence { continue }
        sentences = [
          (place, "the clips stand in another order: clip \(place + 1) was \(old.path) and is \(new.path)")
        ]
        break
      }
    }
    if sentences.isEmpty { return nil }
    sentences.sort { $0.0 < $1.0 }
    return ClipList.Changes(first: sentences.prefix(shown).map(\.1), count: sentences.count)
  }

  private static let shown = 20

  /// The lines of one list that the other does not have, or has less often.
  private static func rows(in lines: [Data], notIn others: [Data]) -> [ClipRow] {
    var counts: [WholeLine: Int] = Dictionary(minimumCapacity: others.count)
    for line in others { counts[WholeLine(bytes: line), default: 0] += 1 }
    return lines.enumerated().compactMap { place, line in
      guard let count = counts[WholeLine(bytes: line)], count > 0 else { return row(line, place) }
      counts[WholeLine(bytes: line)] = count - 1
      return nil
    }
  }

  private static func row(_ line: Data, _ place: Int) -> ClipRow {
    let whole = line.last == UInt8(ascii: "}") ? line : line + Data("}".utf8)
    // The list was compared with its digest, so it is what was written.
    var row = try! JSONDecoder().decode(ClipRow.self, from: whole)
    row.place = place
    return row
  }

  /// Pairs what has gone with what has come, by what they still have in common.
  private static func matches(_ gone: [ClipRow], _ come: [ClipRow]) -> [(Int, String)] {
    var sentences: [(Int, String)] = []
    var (gone, come) = (gone, come)
    func pair(by key: (ClipRow) -> String, _ words: (ClipRow, ClipRow) -> String?) {
      var places: [String: [Int]] = [:]
      for (place, row) in come.enumerated().reversed() { places[key(row), default: []].append(place) }
      var taken: Set<Int> = []
      gone.removeAll { row in
        guard let place = places[key(row)]?.popLast() else { return false }
        taken.insert(place)
        if let words = words(row, come[place]) { sentences.append((row.place!, words)) }
        return true
      }
      come = come.enumerated().filter { !taken.contains($0.offset) }.map(\.element)
    }
    // Earlier versions kept line breaks and runs of spaces in captions.
    pair(by: \.essence) { _, _ in nil }
    pair(by: { "\($0.path)\n\($0.piece)" }, { $0.words(of: $1) })
    pair(by: { "\($0.path)\n\($0.caption)\n\($0.label ?? "")" }, { $0.words(of: $1) })
    pair(by: { "\($0.caption)\n\($0.label ?? "")\n\($0.piece)\n\($0.bytes ?? -1)\n\($0.sha256 ?? "")" }) {
      "\($0.path): it is now called \($1.path)"
    }
    sentences += gone.map { ($0.place!, "\($0.path): it is gone") }
    sentences += come.map { ($0.place!, "\($0.path): it is new") }
    return sentences
  }

  /// All that matters of a row: the spaces between a caption's words do not.
  private var essence: String {
    let words = caption.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return "\(path)\n\(words)\n\(label ?? "")\n\(piece)\n\(bytes ?? -1)\n\(sha256 ?? "")"
  }

  private var piece: String {
    "\(start.map { "\($0)" } ?? "the start") to \(end.map { "\($0)" } ?? "the end")"
  }

  /// How a row of the same path differs now.
  private func words(of now: ClipRow) -> String {
    var words: [String] = []
    if caption != now.caption {
      words.append("its caption was \"\(caption.prefix(60))\" and is \"\(now.caption.prefix(60))\"")
    }
    if label != now.label {
      words.append(
        "its class was \(label.map { "\"\($0.prefix(60))\"" } ?? "unknown") and is "
          + (now.label.map { "\"\($0.prefix(60))\"" } ?? "none"))
    }
    if piece != now.piece { words.append("its piece was \(piece) and is \(now.piece)") }
    if bytes != now.bytes {
      words.append(
        "it had \(bytes.map(String.init) ?? "unknown") bytes and has \(now.bytes.map(String.init) ?? "unknown")"
      )
    } else if sha256 != now.sha256 {
      words.append(
        "its bytes differ (SHA-256 was \(sha256?.prefix(12) ?? "unknown")…, is \(now.sha256?.prefix(12) ?? "unknown")…)"
      )
    }
    return "\(path): " + words.joined(separator: ", ")
  }
}

/// A line as a key: `Data` itself hashes its first bytes alone, which lines of one folder have in common.
private struct WholeLine: Hashable {
  let bytes: Data

  func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}
