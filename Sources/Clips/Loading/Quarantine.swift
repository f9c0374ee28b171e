import Files
import Foundation
import Manifests
import Synchronization

/// The clips that gave no sample: counted, and listed once each in a file of JSON lines.
///
/// Where several processes share a run, a clip that one of them finds counts only when all are told, so that all have the
/// same count at the same step.
final class Quarantine: Sendable {
  private struct State {
    var bad: Set<Int> = []
    var first: [BadClip] = []
    var listed: Set<String>
    /// What this process found and did not count itself, and what of it was not told to the others.
    var found: Set<Int> = []
    var untold: [FoundBadClip] = []

    /// What is to be told: others may have found the same meanwhile.
    var waiting: [FoundBadClip] { untold.filter { !bad.contains($0.index) } }
  }

  private let manifest: Manifest
  private let tolerance: BadClipTolerance
  private let path: String?
  private let isShared: Bool
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: the file to list them in; clips that it lists already are not listed again.
  ///   - isShared: whether other processes of the run read clips, too.
  init(_ manifest: Manifest, tolerance: BadClipTolerance, path: String?, isShared: Bool = false) {
    self.manifest = manifest
    self.tolerance = tolerance
    self.path = path
    self.isShared = isShared
    let text = path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    let decoder = JSONDecoder()
    let listed = text.split(separator: "\n").compactMap { line in
      (try? decoder.decode(Line.self, from: Data(line.utf8)))?.path
    }
    state = Mutex(State(listed: Set(listed)))
  }

  /// How many different bad clips were counted.
  var count: Int { state.withLock { $0.bad.count } }

  /// Takes a clip that this process found while it read: counts it, or keeps it until all processes are told.
  /// - Throws: as `add`.
  func take(_ entry: ClipEntry, _ clip: BadClip) throws {
    let found = FoundBadClip(index: entry.index, clip: clip)
    guard isShared else { return try add([found]) }
    state.withLock { state in
      guard !state.bad.contains(entry.index), state.found.insert(entry.index).inserted else { return }
      state.untold.append(found)
    }
  }

  /// The clips that were taken since the last call and did not count.
  func takeUntold() -> [FoundBadClip] {
    state.withLock { state in
      defer { state.untold = [] }
      return state.waiting
    }
  }

  /// Counts and lists clips, each unless that was done before.
  /// - Throws: `BadClipsError` when there are now more bad clips than tolerated; `QuarantineError` when the list cannot
  ///   be written.
  func add(_ clips: [FoundBadClip]) throws {
    try state.withLock { state in
      var isMore = false
      for found in clips where state.bad.insert(found.index).inserted {
        isMore = true
        if state.first.count < BadClipsError.shown { state.first.append(found.clip) }
        if let path, state.listed.insert(found.clip.path).inserted { try Self.append(found.clip, to: path) }
      }
      guard isMore, state.bad.count > tolerance.allowed(of: manifest.count) else { return }
      throw error(state.bad.count, state.first)
    }
  }

  /// The error that says how things stand, with what the other processes do not know.
  var error: BadClipsError {
    state.withLock { state in
      error(state.bad.union(state.found).count, state.first + state.waiting.map(\.clip))
    }
  }

  private func error(_ bad: Int, _ first: [BadClip]) -> BadClipsError {
    BadClipsError(
      bad: bad, count: manifest.count, tolerance: tolerance.share, manifest: manifest.path,
      quarantinePath: path, first: Array(first.prefix(BadClipsError.shown)))
  }

  private struct Line: Codable {
    var path: String
    var stage: String?
    var reason: String?
    var frame: Int?
    var seconds: Double?
    var time: String?
  }

  /// Adds one line with one write, so that a line is there wholly or not at all whoever else writes.
  private static func append(_ clip: BadClip, to path: String) throws {
    let line = Line(
      path: clip.path, stage: clip.stage, reason: clip.reason, frame: clip.frame, seconds: clip.seconds,
      time: Date().formatted(.iso8601))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = [UInt8](try encoder.encode(line)) + [UInt8(ascii: "\n")]
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw QuarantineError(path: path, reason: systemWords(errno)) }
    defer { close(file) }
    let end = lseek(file, 0, SEEK_END)
    let written = write(file, bytes, bytes.count)
    guard written == bytes.count else {
      let code = written < 0 ? errno : ENOSPC
      if written > 0 { ftruncate(file, end) }
      throw QuarantineError(path: path, reason: systemWords(code))
    }
  }
}

/// The list of bad clips cannot be written.
public struct QuarantineError: Error, Sendable, CustomStringConvertible {
  /// The list.
  public let path: String
  /// The system's words.
  public let reason: String

  /// The file, the reason and the remedy.
  public var description: String {
    "a clip gave no sample, and that could not be noted in \(path): \(reason);"
      + " make room there or make it writable"
  }
}
