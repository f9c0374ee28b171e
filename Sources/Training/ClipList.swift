import ClipIndexing
import Files
import Foundation
import Hashing
import Manifests

/// The clips of a run as they were when it began: the file `clips.jsonl` in its folder.
///
/// A line a clip, in the order of the manifest: `path` as the manifest has it, `caption`, `label` where the run learns
/// classes, `start` and `end` where there is a piece, `bytes` where the file can be looked at, and `sha256` last where an index gives
/// it. A checkpoint keeps the file's digest, so that no other list can take its place.
public struct ClipList: Sendable {
  let manifest: Manifest
  private let index: ClipIndex?
  private let labels: LabelSource?

  /// The clips of a manifest as they are now, with digests from an index if there is one.
  /// - Parameter labels: where the classes come from that a run learns; nil for one that learns none.
  public init(_ manifest: Manifest, index: ClipIndex?, labels: LabelSource? = nil) {
    self.manifest = manifest
    self.index = index
    self.labels = labels
  }

  /// The SHA-256 of the file.
  public var digest: String {
    var hash = SHA256()
    forEachPortion { hash.update(UnsafeRawBufferPointer($0)) }
    return hash.finish()
  }

  /// Writes the file whole or not at all, and gives its SHA-256.
  /// - Throws: `ClipListError.failedToWrite`.
  public func write(to path: String) throws(ClipListError) -> String {
    var hash = SHA256()
    do {
      let file = try PartialFile(path)
      try forEachPortion { (bytes) throws(Disk.Failure) in
        let bytes = UnsafeRawBufferPointer(bytes)
        hash.update(bytes)
        try file.write(bytes)
      }
      try file.sync()
      try file.finish()
    } catch {
      throw .failedToWrite(path: path, reason: error.words)
    }
    return hash.finish()
  }

  private static let portion = 1 << 20

  /// The bytes of the file, piece by piece.
  private func forEachPortion<Failure>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * Self.portion)
    for entry in manifest {
      appendLine(of: entry, to: &bytes)
      if bytes.count > Self.portion {
        try bytes.withUnsafeBufferPointer(body)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try bytes.withUnsafeBufferPointer(body)
  }

  /// A clip's line, with the line break.
  func appendLine(of entry: ClipEntry, to bytes: inout [UInt8]) {
    bytes += #"{"path":"#.utf8
    appendQuoted(entry.name, to: &bytes)
    bytes += #","caption":"#.utf8
    appendQuoted(entry.caption, to: &bytes)
    if let labels, let label = entry.label(from: labels) {
      bytes += #","label":"#.utf8
      appendQuoted(label, to: &bytes)
    }
    if let start = entry.start { bytes += ",\"start\":\(start)".utf8 }
    if let end = entry.end { bytes += ",\"end\":\(end)".utf8 }
    if let count = entry.byteCount { bytes += ",\"bytes\":\(count)".utf8 }
    if let line = index?[entry.name] { bytes += ",\"sha256\":\"\(line.sha256)\"".utf8 }
    bytes += "}\n".utf8
  }

  /// A text in quotes, with everything escaped that JSON does not allow inside.
  private func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// What is wrong with a run's list of clips.
public enum ClipListError: Error, Sendable, CustomStringConvertible {
  /// The file is not there, or not the one that the checkpoint was saved with.
  case unusable(path: String, reason: String)
  /// The file cannot be written.
  case failedToWrite(path: String, reason: String)

  /// The file, the reason and the remedy.
  public var description: String {
    switch self {
    case .unusable(let path, let reason):
      "The list of the run's clips, \(path), \(reason); put it back to see what has changed."
    case .failedToWrite(let path, let reason):
      "Writing \(path) failed: \(reason); check the disk and run again."
    }
  }
}
