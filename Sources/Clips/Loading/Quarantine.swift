import Files
import Foundation
import Manifests
import Synchronization

/// The clips that gave no sample: counted, and listed once each in a file of JSON lines.
final class Quarantine: Sendable {
  private struct State {
    var bad: Set<Int> = []
    var first: [BadClip] = []
    var listed: Set<String>
  }

  private let manifest: Manifest
  private let tolerance: BadClipTolerance
  private let path: String?
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: the file to list them in; clips that it lists already are not listed again.
  init(_ manifest: Manifest, tolerance: BadClipTolerance, path: String?) {
    self.manifest = manifest
    self.tolerance = tolerance
    self.path = path
    let text = path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    let decoder = JSONDecoder()
    let listed = text.split(separator: "\n").compactMap { line in
      (try? decoder.decode(Line.self, from: Data(line.utf8)))?.path
    }
    state = Mutex(State(listed: Set(listed)))
  }

  /// How many different clips were found bad.
  var count: Int { state.withLock { $0.bad.count } }

  /// Counts and lists a clip, unless that was done before.
  /// - Throws: `BadClipsError` when there are now more bad clips than tolerated; `QuarantineError` when the list cannot
  ///   be written.
  func add(_ entry: ClipEntry, _ clip: BadClip) throws {
    try state.withLock { state in
      guard state.bad.insert(entry.index).inserted else { return }
      if state.first.count < BadClipsError.shown { state.first.append(clip) }
      if let path, state.listed.insert(clip.path).inserted { try Self.append(clip, to: path) }
      if state.bad.count > tolerance.allowed(of: manifest.count) { throw error(state) }
    }
  }

  /// The error that says how things stand.
  var error: BadClipsError { state.withLock { error($0) } }

  private func error(_ state: State) -> BadClipsError {
    BadClipsError(
      bad: state.bad.count, count: manifest.count, tolerance: tolerance.share, manifest: manifest.path,
      quarantinePath: path, first: state.first)
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
