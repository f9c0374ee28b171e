import Files
import Foundation
import Manifests
import Video

/// Makes an index of a manifest's clips, or goes on with one: lines that are there and true stay.
public struct Indexing: Sendable {
  /// One of several parts of the work: every `count`-th clip from the `number`-th on, counted from 1.
  public struct Shard: Sendable, Equatable {
    /// Which part.
    public let number: Int
    /// Of how many.
    public let count: Int

    /// A part; nil unless 1 ≤ number ≤ count.
    public init?(number: Int, count: Int) {
      guard number >= 1, number <= count else { return nil }
      self.number = number
      self.count = count
    }
  }

  /// How far it is.
  public struct Progress: Sendable {
    /// Clips looked at in this run, and how many there are to look at in all.
    public var done = 0, total = 0
    /// How many of those done are damaged or unreadable.
    public var bad = 0
  }

  /// How it ended.
  public struct Outcome: Sendable {
    /// Lines of these clips by verdict, those kept from before included.
    public internal(set) var good = 0, damaged = 0, unreadable = 0
    /// Lines kept from before.
    public internal(set) var kept = 0
    /// Lines of these clips that were out of date and were made anew.
    public internal(set) var renewed = 0
    /// Clips still without a line, because it was stopped.
    public internal(set) var left = 0
    /// The first clips that are not good, each with its reason.
    public internal(set) var firstBad: [IndexLine] = []

    mutating func count(_ line: IndexLine) {
      switch line.verdict {
      case .good: good += 1
      case .damaged: damaged += 1
      case .unreadable: unreadable += 1
      }
      if line.verdict != .good, firstBad.count < 5 { firstBad.append(line) }
    }
  }

  /// The clips, each once, in the order of the manifest.
  private let clips: [ClipEntry]
  private let limits: DecodeLimits
  private let threads: Int
  private let verify: Bool

  /// - Parameters:
  ///   - limits: what one clip may cost.
  ///   - verify: read all bytes of the clips whose lines are there, to see that they are the same.
  public init(
    _ manifest: Manifest, shard: Shard? = nil, limits: DecodeLimits = .standard, threads: Int = 1,
    verify: Bool = false
  ) {
    var seen: Set<String> = []
    let distinct = manifest.filter { seen.insert($0.name).inserted }
    clips = distinct.enumerated().filter { place, _ in
      shard.map { place % $0.count == $0.number - 1 } ?? true
    }.map(\.element)
    self.limits = limits
    self.threads = threads
    self.verify = verify
  }

  /// Writes the index.
  ///
  /// New lines are added in the order of the manifest, whatever the number of threads. Lines of clips that are not in the
  /// manifest stay untouched.
  /// - Throws: `IndexFileError`; `ClipIndexError` when what is there is no index; `MachineError` when the machine does not
  ///   let clips be read, with the lines so far written.
  public func write(
    to path: String, shouldStop: () -> Bool = { false }, progress: (Progress) -> Void = { _ in }
  ) throws -> Outcome {
    let file = try IndexFile(path)
    var outcome = Outcome()
    var missing: [ClipEntry] = []
    let known = file.known
    let stale = try staleness(known, shouldStop: shouldStop)
    for (clip, isStale) in zip(clips, stale) {
      if let line = known[clip.name], !isStale {
        outcome.count(line)
        outcome.kept += 1
      } else {
        missing.append(clip)
      }
    }
    if stale.count < clips.count {
      outcome.left = clips.count - outcome.kept
      return outcome
    }
    let renewed = Set(missing.map(\.name).filter { known[$0] != nil }.map(ExactName.init))
    outcome.renewed = renewed.count
    if !renewed.isEmpty { try file.keep { !renewed.contains(ExactName($0.path)) } }
    try examine(missing, file, &outcome, shouldStop, progress)
    try file.sync()
    return outcome
  }

  /// Whether each clip's known line is out of date; fewer than there are clips when it was stopped.
  private func staleness(_ known: ClipIndex, shouldStop: () -> Bool) throws -> [Bool] {
    let work = OrderedWork(count: clips.count, threads: threads, ahead: 1 << 16, name: "comparing") {
      [clips, limits, verify] place in
      try known[clips[place].name].map { line in
        try patiently { try !line.isTrue(of: clips[place].file, limits: limits, hash: verify) }
      } ?? false
    }
    defer { work.stop() }
    var stale: [Bool] = []
    while let isStale = try work.next(shouldStop: shouldStop) { stale.append(isStale) }
    return stale
  }

  private func examine(
    _ missing: [ClipEntry], _ file: IndexFile, _ outcome: inout Outcome, _ shouldStop: () -> Bool,
    _ progress: (Progress) -> Void
  ) throws {
    let work = OrderedWork(count: missing.count, threads: threads, name: "indexing") { [limits] place in
      try ClipExamination(name: missing[place].name, limits: limits).line(of: missing[place].file)
    }
    defer { work.stop() }
    var state = Progress(total: missing.count)
    while let line = try work.next(shouldStop: shouldStop) {
      try file.append(line)
      outcome.count(line)
      state.done += 1
      if line.verdict != .good { state.bad += 1 }
      progress(state)
    }
    outcome.left = missing.count - state.done
  }
}

extension IndexLine {
  /// Whether the line still tells of a file, by its size, and by its bytes if they are to be hashed.
  /// - Throws: `MachineError` when that cannot be found out.
  func isTrue(of file: ClipFile, limits: DecodeLimits, hash: Bool) throws -> Bool {
    do {
      let clip = try ClipBytes(file, limits: limits)
      guard clip.count == bytes else { return false }
      // Other limits may let it be read, and so may a version that accepts more containers: libav speaks of a whitelist.
      if verdict != .good, let reason, reason.contains("data.limits.") || reason.contains("whitelist") {
        return false
      }
      return try !hash || clip.digest() == sha256
    } catch let error as VideoError {
      if let machine = error.machine { throw machine }
      // It could not be opened then either.
      return verdict == .unreadable && sha256.isEmpty && bytes == 0
    }
  }
}
