import ClipMutations
import Foundation
import Manifests
import TestClips
import Video

@testable import Clips

/// Reads mutated clips one after the other and keeps account.
final class MutationRun {
  static let shape = ClipShape(frames: 8, height: 16, width: 16, frameRate: 8)

  private struct Count {
    var decoded = 0
    var setAside = 0
    var slowest = 0.0
  }

  private let folder: TemporaryFolder
  private let seed: UInt64
  private let originals: [[UInt8]]
  private var counts: [[Count]]
  private let startMemory: Double
  /// Clips that were set aside and not listed with path, stage and reason.
  private(set) var unlisted: [String] = []
  /// The clip that took longest.
  private(set) var slowest = (name: "", seconds: 0.0)
  private var list: String { folder.path + "/quarantine.jsonl" }

  /// Makes one clip of each kind.
  init(folder: TemporaryFolder, seed: UInt64) throws {
    self.folder = folder
    self.seed = seed
    originals = try ClipKind.all.map { kind in
      let path = folder.path + "/whole." + kind.ending
      defer { try? FileManager.default.removeItem(atPath: path) }
      try kind.write(to: path)
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    counts = ClipKind.all.map { _ in Mutation.allCases.map { _ in Count() } }
    startMemory = ProcessMemory.resident
  }

  var decoded: Int { counts.joined().reduce(0) { $0 + $1.decoded } }
  var setAside: Int { counts.joined().reduce(0) { $0 + $1.setAside } }
  /// By how many megabytes the process is larger at its peak than it was before the first clip.
  var growth: Double { ProcessMemory.peak - startMemory }

  /// Reads clips: kinds and mutations in turn, each clip by a seed of its own.
  func read(_ count: Int) throws {
    for number in 0..<count {
      let kind = number % ClipKind.all.count
      let mutation = number / ClipKind.all.count % Mutation.allCases.count
      try read(number, kind, mutation)
      if number % 5000 == 4999 { print("\(number + 1) clips, \(Int(ProcessMemory.resident)) MB") }
    }
  }

  private func read(_ number: Int, _ kind: Int, _ mutation: Int) throws {
    let clipSeed = seed << 32 | UInt64(number)
    var generator = SeededGenerator(seed: clipSeed)
    let bytes = Mutation.allCases[mutation].apply(to: originals[kind], using: &generator)
    let name =
      "\(clipSeed) \(ClipKind.all[kind]) \(Mutation.allCases[mutation].rawValue)"
      .replacing("/", with: " ") + "." + ClipKind.all[kind].ending
    let path = folder.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }

    let clock = ContinuousClock()
    let start = clock.now
    let bad = asTraining(path) ?? wholly(path)
    let seconds = (clock.now - start) / .seconds(1)
    if let bad {
      counts[kind][mutation].setAside += 1
      try expectListed(bad, path)
    } else {
      counts[kind][mutation].decoded += 1
    }
    counts[kind][mutation].slowest = max(counts[kind][mutation].slowest, seconds)
    if seconds > slowest.seconds { slowest = (name, seconds) }
  }

  private let limits = DecodeLimits(maxPixels: 4096 * 2304, maxSeconds: 4)

  private func asTraining(_ path: String) -> BadClip? {
    let reader = WindowReader(
      start: .random, crop: .random, seed: seed, source: .files(limits), index: nil,
      cacheMegabytes: 0)
    let entry = ClipEntry(index: 0, file: ClipFile(path: path), name: path, caption: "")
    do {
      _ = try reader.pixels(of: entry, shape: Self.shape, sample: (0, 0))
      return nil
    } catch {
      return error as? BadClip ?? BadClip(entry, error)
    }
  }

  private func wholly(_ path: String) -> BadClip? {
    var frames = 0
    do {
      try VideoReader(path: path, limits: limits).forEachFrame(framing: Framing(width: 16, height: 16)) {
        _, _ in
        frames += 1
        return frames < 1000
      }
      return nil
    } catch {
      return BadClip(ClipEntry(index: 0, file: ClipFile(path: path), name: path, caption: ""), error)
    }
  }

  /// Sets a clip aside as the loader does, and looks at what was listed.
  private func expectListed(_ bad: BadClip, _ path: String) throws {
    let entry = ClipEntry(index: 0, file: ClipFile(path: path), name: path, caption: "")
    try? FileManager.default.removeItem(atPath: list)
    try Quarantine(
      Manifest(path: "mutated", entries: [entry]), tolerance: BadClipTolerance(share: 1), path: list
    ).take(entry, bad)
    let line = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: list)))
    let facts = line as? [String: Any] ?? [:]
    let stages = ["open", "stream", "decode", "convert", "choosing frames"]
    if facts["path"] as? String != path || !stages.contains(facts["stage"] as? String ?? "")
      || (facts["reason"] as? String ?? "").isEmpty
    {
      unlisted.append("\(path): \(facts)")
    }
  }

  /// Kinds by mutations: decoded + set aside, and the slowest clip of the kind in milliseconds.
  var table: String {
    let names = Mutation.allCases.map(\.rawValue)
    var lines = ["| kind | \(names.joined(separator: " | ")) | slowest, ms |"]
    lines.append("|" + String(repeating: "---|", count: names.count + 2))
    for (kind, row) in zip(ClipKind.all, counts) {
      let cells = row.map { "\($0.decoded) + \($0.setAside)" }
      let slowest = Int(1000 * row.map(\.slowest).max()!)
      lines.append("| \(kind) | \(cells.joined(separator: " | ")) | \(slowest) |")
    }
    let all = decoded + setAside
    lines.append(
      "\(all) clips from seed \(seed): \(decoded) decoded, \(setAside) set aside, the slowest \(slowest.name) in "
        + "\(Int(1000 * slowest.seconds)) ms; memory from \(Int(startMemory)) to at most \(Int(startMemory + growth)) MB"
    )
    return lines.joined(separator: "\n")
  }
}
