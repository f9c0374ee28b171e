import Clips
import Fields
import Sampling
import Video

/// The clips sampled while training, to see how it goes.
public struct SamplesSection: Sendable, Equatable {
  /// One clip is sampled for each.
  public let prompts: [String]
  /// How they are sampled.
  public let settings: SamplerSettings
  /// Their size.
  public let size: SampleSize
  /// Frames a second.
  public let frameRate: Double
  /// What the clips are written as.
  public let format: VideoFormat

  /// Declares `prompts`, `steps`, `guidance`, `seed`, `frames` and `format`.
  /// - Parameter clips: the shape of training clips, which samples have too unless the recipe says otherwise.
  public init(_ section: Section, clips: ClipShape) {
    prompts = section.strings(
      "prompts", atMost: 64,
      "Captions to sample from, each from the same noise every time; none samples nothing.")
    let steps = section.integer("steps", 1...1000, default: 30, "Solver steps from noise to clip.")
    let guidance = section.number(
      "guidance", .from(0, through: 100), default: 4,
      "How far to go beyond the prediction without a caption; 1 is the plain prediction with it.")
    let seed = section.integer("seed", 0...Int.max, default: 0, "Seed of the noise.")
    settings = SamplerSettings(steps: steps, guidance: guidance, seed: UInt64(seed))
    let frames = section.integer(
      "frames", ClipShape.frameRange, default: clips.frames, from: "data.frames", "Frames of a sampled clip.")
    size = SampleSize(frames: frames, height: clips.height, width: clips.width)
    frameRate = clips.frameRate
    format = section.choice(
      "format", default: VideoFormat.mp4,
      "What sampled clips are written as: mp4 (H.264), webm (VP9), gif (at most 50 frames per second), or mkv "
        + "(FFV1: lossless, in its own size; browsers do not show it).")
    section.reader.expect(
      frameRate <= format.mostPicturesASecond, of: "samples.format", "data.frameRate",
      otherwise:
        "a \(format.rawValue) shows at most \(Int(format.mostPicturesASecond)) frames per second, but data.frameRate is "
        + "\(frameRate); take \"webm\" or \"mp4\"")
  }
}

extension ClipShape {
  /// The frames that a clip of a recipe may have.
  package static let frameRange = 1...1024
  /// The pixels that a clip of a recipe may have in height and in width.
  package static let sideRange = 4...4096
}
