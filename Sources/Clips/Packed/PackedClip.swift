import Manifests
import Video

/// Why a clip or a frame of it gives no picture, as `BadClip` says it.
struct PackedFault: Codable, Sendable, Equatable {
  let stage: String
  let reason: String
  let frame: Int?
  let seconds: Double?

  init(_ clip: BadClip) {
    (stage, reason, frame, seconds) = (clip.stage, clip.reason, clip.frame, clip.seconds)
  }

  /// The error that reading the file gave.
  func clip(_ entry: ClipEntry) -> BadClip {
    BadClip(entry, stage: stage, reason: reason, frame: frame, seconds: seconds)
  }
}

/// What went wrong with a clip when it was packed; it goes wrong in the same way when it is read.
struct PackedFaults: Codable, Sendable, Equatable {
  /// Why nothing of the clip can be read.
  var clip: PackedFault?
  /// Frames that could not be turned into pictures, by their place among the clip's frames.
  var frames: [Int: PackedFault] = [:]
  /// The limits under which it failed, in words: under others it might not.
  var limits: String

  var isEmpty: Bool { clip == nil && frames.isEmpty }
}

/// A clip of a list as a manifest names it: what a packed clip is found by.
struct PackedName: Hashable, Sendable {
  let list: PackedList
  let name: String
  let start: Double?, end: Double?

  init(_ list: PackedList, _ entry: ClipEntry) {
    self.init(list: list, name: entry.name, start: entry.start, end: entry.end)
  }

  init(list: PackedList, name: String, start: Double?, end: Double?) {
    (self.list, self.name, self.start, self.end) = (list, name, start, end)
  }
}

/// What a shard says of a clip.
struct PackedClip: KeptClip {
  let name: PackedName
  /// Size in bytes, time of the last change in nanoseconds since 1970, and digest of the clip when it was
  /// packed; −1 and an empty digest when it could not be opened.
  let bytes: Int, modified: Int, sha256: String
  /// What windows are chosen by; nil when nothing of the clip can be read.
  let facts: ClipFacts?
  let faults: PackedFaults?
  /// Its frames in the shard's list of frames.
  let frames: Range<Int>
  /// Where its pixels begin among the shard's pixels.
  let place: Int
}

extension DecodeLimits {
  /// The bounds on which it depends what can be read, and what earlier versions could not read.
  var words: String {
    "\(maxPixels) pixels, \(maxSeconds) seconds, \(maxBytes) bytes, \(moreCodecs.sorted()), pictures"
  }
}
