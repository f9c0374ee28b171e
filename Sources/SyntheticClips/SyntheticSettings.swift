/// Everything that decides the files of an embedded set: equal settings give equal bytes.
public struct SyntheticSettings: Sendable, Codable, Equatable {
  /// How many clips in all, test and validation included; at least 10.
  public var clips: Int
  /// The seed of all draws.
  public var seed: UInt64
  /// How much a scene may hold.
  public var level: Level
  /// Size of the clips in pixels; even, as H.264 asks for, and at least 16.
  public var width: Int, height: Int
  /// Frames of a clip.
  public var frames: Int
  /// Frames per second.
  public var frameRate: Double
  /// The constant rate factor of H.264: 0 lossless, 18 hardly visible loss, 51 worst.
  public var crf: Int
  /// The version of the renderer and the wording; another version draws other clips.
  public private(set) var version = 1

  /// Settings; by default one second of 64×64 pixels at 8 frames a second.
  public init(
    clips: Int, seed: UInt64 = 0, level: Level = .easy, width: Int = 64, height: Int = 64, frames: Int = 8,
    frameRate: Double = 8, crf: Int = 18
  ) {
    self.clips = clips
    self.seed = seed
    self.level = level
    self.width = width
    self.height = height
    self.frames = frames
    self.frameRate = frameRate
    self.crf = crf
  }

  /// How many clips each split gets: a twentieth for validation; for test a twentieth or 64 if that is more, but no
  /// more than a fifth of all.
  public var counts: SyntheticCounts {
    let test = min(max(64, clips / 20), clips / 5)
    let validation = max(1, clips / 20)
    return SyntheticCounts(train: clips - test - validation, validation: validation, test: test)
  }

  /// What cannot be made, in words; nil when all is well.
  var problem: String? {
    if clips < 10 { return "\(clips) clips are too few for three splits; ask for 10 or more" }
    if clips > 999_999 {
      return "\(clips) clips are more than file names have digits for; ask for at most 999999"
    }
    for (name, size) in [("width", width), ("height", height)] where size < 16 || size % 2 != 0 {
      return "the \(name) \(size) is not an even number of at least 16 pixels; H.264 needs even sizes"
    }
    if frames < 1 || frames > 10_000 { return "\(frames) frames are not in 1…10000" }
    if !(frameRate > 0 && frameRate <= 1000) { return "\(frameRate) frames per second are not in 0…1000" }
    if !(0...51).contains(crf) { return "the rate factor \(crf) is not in 0…51" }
    return nil
  }
}

/// How many clips each split of a set has.
public struct SyntheticCounts: Sendable, Equatable {
  /// Clips to train on.
  public let train: Int
  /// Clips of trained combinations, drawn anew.
  public let validation: Int
  /// Clips of combinations that are never trained on.
  public let test: Int

  /// All clips.
  public var all: Int { train + validation + test }
}

/// Why a set was not written.
public struct SyntheticSetError: Error, Sendable, CustomStringConvertible {
  /// The folder it was to be written to.
  public let folder: String
  /// What is wrong, and what to do about it.
  public let reason: String

  /// The folder and the reason.
  public var description: String { "cannot write clips to \(folder): \(reason)" }
}
