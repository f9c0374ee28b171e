/// The clips sampled while training, to see how it goes.
public struct SamplesRecipe: Equatable, Sendable {
  /// The kind of file that a sampled clip becomes, by its ending.
  public enum Format: String, CaseIterable, Sendable {
    case mp4
    case webm
    case gif
    case mkv
  }

  /// One clip is sampled for each.
  public let prompts: [String]
  /// Solver steps from noise to clip.
  public let steps: Int
  /// How far the prompt is followed beyond the plain prediction; 1 for no guidance.
  public let guidance: Double
  /// Seed of the noise.
  public let seed: Int
  /// Frames of a sampled clip.
  public let frames: Int
  /// What the clips are written as.
  public let format: Format

  init(_ section: Section, data: DataRecipe) {
    prompts = section.strings(
      "prompts", atMost: 64,
      "Captions to sample from, each from the same noise every time; none samples nothing.")
    steps = section.integer("steps", 1...1000, default: 30, "Solver steps from noise to clip.")
    guidance = section.number(
      "guidance", .from(0, through: 100), default: 4,
      "How far to go beyond the prediction without a caption; 1 is the plain prediction with it.")
    seed = section.integer("seed", 0...Int.max, default: 0, "Seed of the noise.")
    frames = section.integer(
      "frames", DataRecipe.frameRange, default: data.frames, from: "data.frames", "Frames of a sampled clip.")
    format = section.choice(
      "format", default: Format.mp4,
      "What sampled clips are written as: mp4 (H.264), webm (VP9), gif (at most 50 frames per second), or mkv "
        + "(FFV1: lossless, in its own size; browsers do not show it).")
  }
}
