import Commands
import Curation
import Files
import Foundation
import Manifests

/// The new manifest, and the list of what was dropped. Clips are called in both as in the old manifest, so that the
/// index knows them.
struct CurationFiles {
  private let manifest: Manifest
  private let output: String

  /// - Throws: `Failure` when the clips are members of archives, which a manifest cannot name.
  init(manifest: Manifest, output: String) throws {
    if let entry = manifest.first(where: { $0.file.member != nil }) {
      throw Failure(
        .unfitInput,
        "\(entry.file.path) is an archive, and spans of its members cannot be named in a manifest; unpack the archives, or index and train on them uncurated."
      )
    }
    self.manifest = manifest
    self.output = output
  }

  /// The folder that names begin at, where it is not that of the new manifest: what `data.root` must then be.
  var rootToName: String? {
    guard let entry = manifest.first(where: { !$0.name.hasPrefix("/") }) else { return nil }
    let base = String(entry.file.path.dropLast(entry.name.count + 1))
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent().standardizedFileURL.path
    return base == folder ? nil : base
  }

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
    var text: [UInt8] = []
    for span in spans { text += try encoder.encode(line(span)) + [UInt8(ascii: "\n")] }
    do throws(Disk.Failure) {
      try WholeFile.replace(path, with: text)
    } catch {
      throw error.isFull
        ? Failure(.inputOutput, "Cannot write \(path): the disk is full; make room and run this again.")
        : Failure(
          .cannotCreate, "Cannot write \(path): \(error.words). Name a folder that can be written to.")
    }
  }

  private func line(_ span: CuratedSpan) -> Line {
    let entry = span.entry
    return Line(
      path: entry.name, caption: entry.caption, label: entry.label, start: span.span.start,
      end: span.span.end, split: entry.split, attributes: entry.attributes.isEmpty ? nil : entry.attributes,
      rule: span.drop?.rule, reason: span.drop?.reason)
  }
}
