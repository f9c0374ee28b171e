import DataParallel
import Fields
import Tensors

/// How long to train, in what portions, and what to do every so many steps.
public struct TrainingSection: Equatable, Sendable {
  /// Optimizer steps.
  public let steps: Int
  /// Clips in a batch.
  public let batchSize: Int
  /// Batches whose gradients make one step.
  public let gradientAccumulation: Int
  /// Steps between checkpoints.
  public let checkpointEvery: Int
  /// Newest checkpoints that stay on disk.
  public let keepCheckpoints: Int
  /// Steps between samples; 0 for none.
  public let sampleEvery: Int
  /// Steps between validations; 0 for none.
  public let validateEvery: Int
  /// Clips of a validation.
  public let validationClips: Int
  /// Steps between lines of the log.
  public let logEvery: Int
  /// Whether blocks recompute their activations in the backward pass.
  public let activationCheckpointing: Bool
  /// The precision of the factors of products.
  public let computePrecision: Precision
  /// How what blocks keep for the backward pass lies in memory.
  public let savedActivations: Precision
  /// How the gradients of a step's batches are added up, on one rank and over several.
  public let reduction: ReductionSettings

  /// The most steps that a run may have.
  static let mostSteps = 1_000_000_000

  init(_ section: Section) {
    let many = Self.mostSteps
    steps = section.integer("steps", 1...many, "Optimizer steps of the whole run.")
    batchSize = section.integer(
      "batchSize", 1...4096, default: 8, "Clips in a batch.")
    gradientAccumulation = section.integer(
      "gradientAccumulation", 1...4096, default: 1,
      "Batches whose gradients are added up for one step. Ranks share them out, so a run has at most as many ranks."
    )
    checkpointEvery = section.integer("checkpointEvery", 1...many, default: 500, "Steps between checkpoints.")
    keepCheckpoints = section.integer(
      "keepCheckpoints", 1...1_000_000, default: 3, "Newest checkpoints that stay on disk.")
    sampleEvery = section.integer(
      "sampleEvery", 0...many, default: 500, "Steps between samples from the prompts; 0 for none.")
    validateEvery = section.integer(
      "validateEvery", 0...many, default: 250, "Steps between looks at the held-out loss; 0 for none.")
    validationClips = section.integer(
      "validationClips", 1...1_000_000, default: 64, "Held-out clips in each look.")
    logEvery = section.integer("logEvery", 1...many, default: 10, "Steps between lines of the log.")
    activationCheckpointing = section.flag(
      "activationCheckpointing", default: false,
      "Whether blocks drop their activations and compute them again in the backward pass: less memory, a "
        + "third more work."
    )
    computePrecision = section.choice(
      "computePrecision", default: Precision.float32,
      "What products multiply: bfloat16 is faster on processors with instructions for it (Zen 4, Cooper Lake, Sapphire "
        + "Rapids and later; on others a run computes in float32 and says so). Weights, sums, norms, softmax, loss and "
        + "optimizer are float32 in both.")
    savedActivations = section.choice(
      "savedActivations", default: Precision.float32,
      "How activations are kept for the backward pass: bfloat16 takes half the memory, and gradients are "
        + "then of rounded activations.")
    let kind = section.choice(
      "reduction", default: ReductionKind.exact,
      "In which order the gradients of a step's batches are added: exact along a fixed binary tree, with the same result to "
        + "the bit for any number of ranks; fast as they come on each rank, and over ranks as MPI likes, with less memory."
    )
    let sent = section.choice(
      "reductionPrecision", default: Precision.float32,
      "What gradients are rounded to before ranks send them; bfloat16 sends half as much, where training.reduction is fast."
    )
    section.expect(
      kind == .fast || sent == .float32, of: "reductionPrecision", "reduction",
      otherwise:
        "bfloat16 needs training.reduction fast: what is rounded on the way depends on the number of ranks")
    reduction = ReductionSettings(kind, sending: kind == .fast ? sent : .float32)
    let clips = batchSize * gradientAccumulation
    section.expect(
      clips <= 65_536, of: "batchSize", "gradientAccumulation",
      otherwise: "\(batchSize) clips a batch × \(gradientAccumulation) batches a step "
        + "(training.gradientAccumulation) are \(clips) clips a step, more than 65536; make one of them smaller"
    )
  }

  /// What is to be known where products are not of the precision that was asked for.
  public var precisionNote: String? {
    computePrecision.obstacle.map {
      "training.computePrecision is bfloat16, but \($0): products are of float32"
    }
  }

  /// Clips of a step.
  public var clipsPerStep: Int { batchSize * gradientAccumulation }
}
