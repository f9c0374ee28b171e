import Manifests
import Video

/// Where the pictures of clips, or what a model sees of them, come from.
public enum ClipSource: Sendable {
  /// From their files, decoded within limits.
  case files(DecodeLimits)
  /// From a pack, with nothing to decode.
  case packed(PackedClips)
  /// From a folder of latents, with nothing to decode: there are no pictures.
  case latents(LatentClips)

  /// Opens a clip; what is learned of its file goes to `timings`.
  /// - Throws: `BadClip`, `MachineError`; `LatentsError` where there are no pictures.
  func open(_ entry: ClipEntry, _ timings: ClipTimings) throws -> any OpenClip {
    switch self {
    case .files(let limits): try FileSource(entry, limits, timings)
    case .packed(let clips): clips.open(entry)
    case .latents(let latents): throw latents.noPictures
    }
  }
}

/// A clip that is open for reading. Errors are `BadClip`, or of another kind when the machine or the source fails.
protocol OpenClip {
  /// The size of the clip in bytes; nil when it could not be opened.
  var byteCount: Int? { get }
  /// The SHA-256 of its bytes.
  func digest() throws -> String
  /// What windows are chosen by.
  func facts() throws -> ClipFacts
  /// The pictures shown at ascending times, in seconds after the first shown frame.
  func pictures(at times: [Double], framing: Framing) throws -> [Picture]
}

/// A clip in its file.
final class FileSource: OpenClip {
  private let entry: ClipEntry
  private let bytes: ClipBytes
  private let limits: DecodeLimits
  private let timings: ClipTimings
  private var reader: (any VideoReading)?

  init(_ entry: ClipEntry, _ limits: DecodeLimits, _ timings: ClipTimings) throws {
    self.entry = entry
    self.limits = limits
    self.timings = timings
    bytes = try entry.naming { try ClipBytes(entry.file, limits: limits) }
  }

  var byteCount: Int? { bytes.count }
  /// When the file was last written, in nanoseconds since 1970.
  var modified: Int { bytes.modified }

  func digest() throws -> String { try entry.naming { try bytes.digest() } }

  func facts() throws -> ClipFacts {
    try entry.naming {
      let reader = try opened()
      // An isolated process keeps what it learns.
      if let reader = reader as? VideoReader { timings.keep(try reader.timing(), of: entry) }
      return try ClipFacts(of: reader)
    }
  }

  func pictures(at times: [Double], framing: Framing) throws -> [Picture] {
    try entry.naming { try opened().pictures(at: times, framing: framing) }
  }

  private func opened() throws -> any VideoReading {
    if let reader { return reader }
    let opened = try openVideo(bytes, limits: limits, timing: timings[entry])
    reader = opened
    return opened
  }
}

/// A clip in a pack.
struct PackedSource: OpenClip {
  let entry: ClipEntry
  let clip: PackedClip
  let shard: OpenShard

  var byteCount: Int? { clip.bytes < 0 ? nil : clip.bytes }

  func digest() -> String { clip.sha256 }

  func facts() throws -> ClipFacts {
    if let fault = clip.faults?.clip { throw fault.clip(entry) }
    guard let facts = clip.facts else {
      throw PackError.damaged(path: shard.path, reason: "it says nothing of \(clip.name.name)")
    }
    return facts
  }

  func pictures(at times: [Double], framing: Framing) throws -> [Picture] {
    try shard.pictures(of: clip, entry, at: times, framing: framing)
  }
}

extension ClipEntry {
  /// Errors of reading as errors of this clip, unless they are the machine's.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as VideoError where error.machine != nil {
      throw error.cause
    } catch {
      throw BadClip(self, error)
    }
  }
}
