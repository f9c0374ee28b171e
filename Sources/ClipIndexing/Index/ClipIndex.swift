import Files
import Foundation
import Synchronization
import Tensors

/// What `vfm-data index` found out about clips, by the names that manifests give them.
///
/// The lines may stand in any order, and files of several shards may be joined. A clip may be there twice if both
/// lines tell of the same bytes; the first line counts.
public struct ClipIndex: Sendable {
  /// The file that was read.
  public let path: String
  /// The lines in the order of the file, each clip once.
  public let lines: [IndexLine]
  private let places: [ExactName: Int]

  /// What is known of a clip.
  /// - Parameter name: the clip as the manifest names it, `ClipEntry.name`.
  public subscript(name: String) -> IndexLine? { places[ExactName(name)].map { lines[$0] } }

  /// How many clips it tells of.
  public var count: Int { lines.count }

  /// Reads an index, every line of it.
  /// - Parameter shots: read the lines' `shots`, too, which takes most of the time and is of use to curation alone;
  ///   otherwise they are nil.
  /// - Throws: `ClipIndexError` for the first line that is wrong; `MachineError`.
  public static func load(_ path: String, shots: Bool = false) throws -> ClipIndex {
    guard let bytes = try patiently({ try wholeFile(path) }) else {
      let isThere = FileManager.default.fileExists(atPath: path)
      throw ClipIndexError(
        path: path, problem: isThere ? "it cannot be read" : "there is no such file",
        remedy: isThere ? "check its permissions" : "make it with vfm-data index")
    }
    return try ClipIndex(bytes, path: path, shots: shots)
  }

  init(_ bytes: Data, path: String, shots: Bool = false) throws(ClipIndexError) {
    let texts = ClipIndex.texts(in: bytes)
    guard texts.last.map({ bytes[$0.upperBound - 1] == ClipIndex.newline }) ?? true else {
      throw ClipIndexError(
        path: path, line: texts.count, problem: "it is cut off",
        remedy: "run the same vfm-data index command again, which finishes it")
    }
    var lines: [IndexLine] = []
    var places: [ExactName: Int] = [:]
    lines.reserveCapacity(texts.count)
    places.reserveCapacity(texts.count)
    // So many at a time that what is parsed and not yet taken in stays small.
    for first in stride(from: 0, to: texts.count, by: ClipIndex.portion * 64) {
      let part = texts[first..<min(first + ClipIndex.portion * 64, texts.count)]
      for (number, result) in ClipIndex.parsed(part, of: bytes, shots: shots).enumerated() {
        let line: IndexLine
        switch result {
        case .success(let parsed): line = parsed
        case .failure(let fault):
          throw ClipIndexError(
            path: path, line: first + number + 1, problem: fault.reason,
            remedy: "mend it, or remove the line and run vfm-data index again")
        }
        let place = places[ExactName(line.path), default: lines.count]
        if place < lines.count {
          guard lines[place].sha256 == line.sha256 else {
            throw ClipIndexError(
              path: path, line: first + number + 1,
              problem: "\(line.path) is here a second time with other bytes",
              remedy: "remove the line that is out of date")
          }
        } else {
          places[ExactName(line.path)] = place
          lines.append(line)
        }
      }
    }
    self.path = path
    self.lines = lines
    self.places = places
  }

  /// How many lines a thread parses at a time.
  private static let portion = 1024
  private static let newline = UInt8(ascii: "\n")

  /// Where the lines are, each with its line end.
  static func texts(in bytes: Data) -> [Range<Int>] {
    bytes.withUnsafeBytes { raw in
      var texts: [Range<Int>] = []
      var place = 0
      while place < raw.count {
        let found = memchr(raw.baseAddress! + place, Int32(newline), raw.count - place)
        let end = found.map { raw.baseAddress!.distance(to: UnsafeRawPointer($0)) + 1 } ?? raw.count
        texts.append(bytes.startIndex + place..<bytes.startIndex + end)
        place = end
      }
      return texts
    }
  }

  /// Parses lines on all threads.
  private static func parsed(
    _ texts: ArraySlice<Range<Int>>, of bytes: Data, shots: Bool
  ) -> [Result<IndexLine, IndexLine.Fault>] {
    let portions = Mutex(
      [[Result<IndexLine, IndexLine.Fault>]](repeating: [], count: (texts.count + portion - 1) / portion))
    parallel(over: texts.count, tile: portion) { range in
      let decoder = IndexLine.decoder(shots: shots)
      let results = range.map { place in
        Result { () throws(IndexLine.Fault) in
          try IndexLine(parsing: bytes[texts[texts.startIndex + place]], with: decoder)
        }
      }
      portions.withLock { $0[range.lowerBound / portion] = results }
    }
    return portions.withLock { $0.flatMap(\.self) }
  }
}
