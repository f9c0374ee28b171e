/// Which clips are learned from, and what stretch and size of them.
public struct DataRecipe: Equatable, Sendable {
  /// Which part of a frame is kept when its shape is not the clip's.
  public enum Crop: String, CaseIterable, Sendable {
    case center
    case random
  }

  /// Which stretch of a longer clip is taken.
  public enum Start: String, CaseIterable, Sendable {
    case random
    case first
  }

  /// What is done at the first use of a clip to see that it is still what the index says.
  public enum Verify: String, CaseIterable, Sendable {
    case size
    case hash
  }

  /// Path of the training manifest or folder, as written.
  public let train: String
  /// Path of the held-out manifest or folder, as written.
  public let validation: String?
  /// The folder that all clips must lie in, as written; nil stands for the manifest's own.
  public let root: String?
  /// Path of the clips' index, as written.
  public let index: String?
  /// What is compared with the index.
  public let verify: Verify
  /// Path of the folder of packed clips, as written.
  public let packed: String?
  /// What one clip may cost.
  public let limits: LimitsRecipe
  /// Frames in a clip.
  public let frames: Int
  /// Height of a clip in pixels.
  public let height: Int
  /// Width of a clip in pixels.
  public let width: Int
  /// Frames per second of the sampled clip.
  public let frameRate: Double
  /// Threads that decode.
  public let workers: Int
  /// Batches decoded ahead of training.
  public let ahead: Int
  /// Memory for decoded clips, in megabytes.
  public let cacheMegabytes: Int
  /// Which part of a frame is kept.
  public let crop: Crop
  /// Which stretch of a longer clip is taken.
  public let start: Start
  /// Share of unreadable clips, 0 to 1, above which a run stops.
  public let badClipTolerance: Double

  /// The frames that a clip may have.
  static let frameRange = 1...1024
  /// The pixels that a clip may have in height and in width.
  static let sideRange = 4...4096

  init(_ section: Section) {
    train = section.string(
      "train",
      "Clips to learn from: a manifest, a folder of clips or a pattern of archives, in any layout that data.md "
        + "lists; a relative path starts at the current directory.")
    validation = section.optionalString(
      "validation", "Clips held out from training, given in the same way; without them nothing is validated.")
    root = section.optionalString(
      "root",
      "The folder that all clips must lie in, links followed, and at which relative paths of manifests start; "
        + "without it that is the manifest's own folder. \"/\" lets clips lie anywhere.")
    index = section.optionalString(
      "index",
      "What vfm-data index wrote about the clips: unreadable ones are left out, and changed ones are noticed."
    )
    verify = section.choice(
      "verify", default: Verify.size,
      "What is compared with the index when a clip is first used: its size, or the hash of all its bytes.")
    packed = section.optionalString(
      "packed", "A folder that vfm-data pack wrote for this recipe: samples are read from it, not decoded.")
    limits = section.section("limits", "What one clip may cost before it is refused.", LimitsRecipe.init)
    frames = section.integer("frames", DataRecipe.frameRange, "Frames in a clip; 1 trains on images.")
    height = section.integer("height", DataRecipe.sideRange, "Height of a clip in pixels.")
    width = section.integer("width", DataRecipe.sideRange, "Width of a clip in pixels.")
    frameRate = section.number(
      "frameRate", .above(0, through: 240),
      "Frames per second at which clips are sampled, whatever rate their files have.")
    workers = section.integer("workers", 1...64, default: 1, "Threads that decode clips.")
    ahead = section.integer("ahead", 1...64, default: 4, "Batches decoded ahead of training.")
    cacheMegabytes = section.integer(
      "cacheMegabytes", 0...1_048_576, default: 512,
      "Megabytes of decoded clips kept in memory, so that later epochs need not decode them again; 0 keeps "
        + "none."
    )
    crop = section.choice(
      "crop", default: Crop.center,
      "Which part of a frame is kept when its shape is not the clip's: the middle, or a place drawn for "
        + "each sample."
    )
    start = section.choice(
      "start", default: Start.random,
      "Which stretch of a longer clip is taken: one drawn for each sample, or the first.")
    badClipTolerance = section.number(
      "badClipTolerance", .from(0, through: 1), default: 0.05,
      "Share of the clips that may be unreadable before the run stops.")
  }
}
