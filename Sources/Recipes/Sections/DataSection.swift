import ClipIndexing
import Clips
import Fields
import Tasks
import Video

/// Which clips are learned from, and what stretch and size of them.
public struct DataSection: Equatable, Sendable {
  /// Path of the training manifest or folder, as written.
  public let train: String
  /// Path of the held-out manifest or folder, as written.
  public let validation: String?
  /// The folder that all clips must lie in, as written; nil stands for the manifest's own.
  public let root: String?
  /// Path of the clips' index, as written.
  public let index: String?
  /// What is compared with the index.
  public let verify: IndexGuard.Comparison
  /// Path of the folder of packed clips, as written.
  public let packed: String?
  /// Path of the folder of latents, as written.
  public let latents: String?
  /// What one clip may cost.
  public let limits: DecodeLimits
  /// The frames, height, width and frame rate of a training clip; where there are several shapes, of held-out clips, of
  /// samples, and of the clips that the size of a batch is counted in.
  public let clipShape: ClipShape
  /// The shapes of training clips, where they are not all of the one.
  public let shapes: [ShapeEntry]
  /// Which of them a step has.
  public let shapeChoice: ShapeChoice
  /// Threads that decode.
  public let workers: Int
  /// Batches decoded ahead of training.
  public let prefetch: Int
  /// Memory for decoded clips, in megabytes.
  public let cacheMegabytes: Int
  /// Which part of a frame is kept.
  public let crop: CropChoice
  /// How often clips are shown.
  public let balance: SampleBalance
  /// Which stretch of a longer clip is taken.
  public let start: StartChoice
  /// Share of unreadable clips, 0 to 1, above which a run stops.
  public let badClipTolerance: Double
  /// Whether clips need captions: the kind of task decides.
  public internal(set) var readsCaptions = true

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
      "verify", default: "size", among: ["size": IndexGuard.Comparison.size, "hash": .hash],
      "What is compared with the index when a clip is first used: its size, or the hash of all its bytes.")
    packed = section.optionalString(
      "packed", "A folder that vfm-data pack wrote for this recipe: samples are read from it, not decoded.")
    latents = section.optionalString(
      "latents",
      "A folder that vfm-data encode wrote for this recipe: the latents of its clips are read from it, and nothing is decoded "
        + "or encoded.")
    limits = section.section("limits", "What one clip may cost before it is refused.", DecodeLimits.init(_:))
    let frames = section.integer(
      "frames", ClipShape.frameRange, "Frames in a clip; 1 trains on pictures, too.")
    let height = section.integer("height", ClipShape.sideRange, "Height of a clip in pixels.")
    let width = section.integer("width", ClipShape.sideRange, "Width of a clip in pixels.")
    let frameRate = section.number(
      "frameRate", .above(0, through: 240),
      "Frames per second at which clips are sampled, whatever rate their files have.")
    let reference = ClipShape(frames: frames, height: height, width: width, frameRate: frameRate)
    clipShape = reference
    shapes = section.sections(
      "shapes", atMost: BatchOrder.mostShapes,
      "Shapes that clips are learned from in, one for each step; without them all clips have data.frames × data.height × "
        + "data.width, and with them held-out clips, samples and the size of a batch still go by these three."
    ) { ShapeEntry($0, reference: reference) }
    shapeChoice = section.choice(
      "shapeChoice", default: ShapeChoice.share,
      "Which of the shapes a step has: each its share of the steps, with all clips that are long enough; or each as often "
        + "as it has clips, every clip in the one shape of the nearest proportions and the most frames that it holds (clip)."
    )
    workers = section.integer("workers", 1...64, default: 1, "Threads that decode clips.")
    prefetch = section.integer(
      "prefetch", 1...64, default: 4, "Batches decoded ahead of training.")
    cacheMegabytes = section.integer(
      "cacheMegabytes", 0...1_048_576, default: 512,
      "Megabytes of decoded clips kept in memory, so that later epochs need not decode them again; 0 keeps "
        + "none."
    )
    crop = Self.crop(section)
    start = section.choice(
      "start", default: "random", among: ["random": StartChoice.random, "first": .first],
      "Which stretch of a longer clip is taken: one drawn for each sample, or the first.")
    balance = section.choice(
      "balance", default: SampleBalance.none,
      "How often clips are shown: each as often as any other, or each class as often, so that clips of rare classes come "
        + "more often than others.")
    badClipTolerance = section.number(
      "badClipTolerance", .from(0, through: 1), default: 0.05,
      "Share of the clips that may be unreadable before the run stops; above 0, one clip may in any case.")
    checkResizedCrops(section)
    checkShapes(section)
    checkLatents(section)
  }

  private static func crop(_ section: Section) -> CropChoice {
    let name = section.choice(
      "crop", default: "center", among: ["center", "random", "resized"],
      "Which part of a frame is kept: when its shape is not the clip's, the middle or a place drawn for each sample; or, "
        + "always, a box of drawn size and proportions, which is scaled to the clip's size (resized).")
    let scale = section.numbers(
      "cropScale", .from(0.05, through: 1), default: [0.3, 1],
      "For resized crops: the least and the greatest share of the frame that the box covers.")
    let ratio = section.numbers(
      "cropRatio", .from(0.1, through: 10), default: [0.75, 1.3333333333333333],
      "For resized crops: the least and the greatest width of the box over its height.")
    for (key, bounds) in [("cropScale", scale), ("cropRatio", ratio)] {
      section.expect(
        bounds[0] <= bounds[1], of: key,
        otherwise: "\(bounds[0]) is greater than \(bounds[1]); give the least first")
    }
    guard name == "resized", scale[0] <= scale[1], ratio[0] <= ratio[1] else {
      return name == "random" ? .random : .centre
    }
    return .resized(ResizedCrop(scale: scale[0]...scale[1], ratio: ratio[0]...ratio[1]))
  }

  private func checkResizedCrops(_ section: Section) {
    guard case .resized(let law) = crop else { return }
    section.expect(packed == nil, of: "packed", "crop", otherwise: Self.noPackOfResizedCrops)
    // Boxes are of whole pixels, so that the least may cover a little less than it should.
    let largest = allShapes.max { $0.width * $0.height < $1.width * $1.height }!
    let pixels = Int(1.1 * Double(largest.width * largest.height) / law.scale.lowerBound)
    section.expect(
      pixels <= limits.maxPixels, of: "cropScale", "height", "width", "shapes",
      otherwise:
        "the least box, scaled to \(largest.width)×\(largest.height), would make a frame of \(pixels) pixels, above "
        + "the \(limits.maxPixels) of data.limits.maxPixels; give a greater share or raise the limit")
  }

  /// Why packed clips and resized crops do not go together, and what to do.
  package static let noPackOfResizedCrops =
    "a pack holds frames that are scaled to the clip's size already, and resized crops, scaled once more, would be "
    + "blurred; leave data.packed out, or set data.crop to \"random\""
}
