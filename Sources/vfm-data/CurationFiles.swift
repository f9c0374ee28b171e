import Clips
import Commands
import Foundation

/// The new manifest, and the list of what was dropped.
struct CurationFiles {
  private let manifest: Manifest
  private let output: String
  private let folder: String
  private let manifestFolder: String

  init(manifest: Manifest, output: String) {
    self.manifest = manifest
    self.output = output
    folder = URL(fileURLWithPath: output).deletingLastPathComponent().standardizedFileURL.path
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: manifest.path, isDirectory: &isFolder)
    let place = URL(fileURLWithPath: manifest.path)
    manifestFolder = (isFolder.boolValue ? place : place.deletingLastPathComponent()).standardizedFileURL.path
  }

  /// Whether clips are called in the new manifest as in the old one.
  var keepsNames: Bool { folder == manifestFolder || manifest.allSatisfy { $0.name.hasPrefix("/") } }

  private struct Line: Encodable {
    var path: String
    var caption: String
    var label: String?
    var start: Double
    var end: Double
    var split: String?
    var attributes: [String: String]?
    var rule: String?
    var reason: String?
  }

  /// Writes both files whole.
  func write(_ spans: [CuratedSpan]) throws {
    try write(spans.filter { $0.drop == nil }, to: output)
    try write(spans.filter { $0.drop != nil }, to: output.dropLast(".jsonl".count) + ".dropped.jsonl")
  }

  private func write(_ spans: [CuratedSpan], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text = Data()
    for span in spans { text += try encoder.encode(line(span)) + Data("\n".utf8) }
    do {
      try text.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
      throw Failure(.inputOutput, "Cannot write \(path): the disk is full; make room and run this again.")
    } catch {
      throw Failure(
        .cannotCreate,
        "Cannot write \(path): \(error.localizedDescription) Name a folder that can be written to.")
    }
  }

  private func line(_ span: CuratedSpan) -> Line {
    let entry = span.entry
    return Line(
      path: name(entry), caption: entry.caption, label: entry.label, start: span.span.start,
      end: span.span.end, split: entry.split, attributes: entry.attributes.isEmpty ? nil : entry.attributes,
      rule: span.drop?.rule, reason: span.drop?.reason)
  }

  /// The clip's path as the new manifest writes it: as in the old one if that still leads there, else from the new
  /// manifest's folder on.
  private func name(_ entry: ClipEntry) -> String {
    if entry.name.hasPrefix("/") || folder == manifestFolder { return entry.name }
    let from = folder.split(separator: "/")
    let to = URL(fileURLWithPath: entry.file.path).standardizedFileURL.path.split(separator: "/")
    let shared = zip(from, to).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
  }
}
