/// How long to train, in what portions, and what to do every so many steps.
public struct TrainingRecipe: Equatable, Sendable {
  /// Optimizer steps.
  public let steps: Int
  /// Clips in a batch.
  public let batch: Int
  /// Batches whose gradients make one step.
  public let accumulate: Int
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
  public let recompute: Bool
  /// How what blocks keep for the backward pass lies in memory.
  public let savedActivations: NumberPrecision
  /// A checkpoint, or a run's folder, whose values the parameters begin with.
  public let start: String?
  /// Beginnings of the names of parameters that stay as they are.
  public let frozen: [String]
  /// How these are kept in memory.
  public let frozenPrecision: NumberPrecision

  init(_ section: Section) {
    let many = 1_000_000_000
    steps = section.integer("steps", 1...many, "Optimizer steps of the whole run.")
    batch = section.integer("batch", 1...4096, default: 8, "Clips in a batch.")
    accumulate = section.integer(
      "accumulate", 1...4096, default: 1, "Batches whose gradients are added up for one step.")
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
    recompute = section.flag(
      "recompute", default: false,
      "Whether blocks drop their activations and compute them again in the backward pass: less memory, a "
        + "third more work."
    )
    savedActivations = section.choice(
      "savedActivations", default: NumberPrecision.float32,
      "How activations are kept for the backward pass: bfloat16 takes half the memory, and gradients are "
        + "then of rounded activations.")
    start = section.optionalString(
      "start",
      "A checkpoint, or a run's folder for its newest one, whose averaged values the run begins with: each "
        + "parameter with that of the same name. It is read only when a run begins.")
    frozen = section.strings(
      "frozen", atMost: 64,
      "Names of parameters, or their beginnings up to a dot, that are not trained, as in [\"text_encoder\"].")
    frozenPrecision = section.choice(
      "frozenPrecision", default: NumberPrecision.float32,
      "How frozen values are kept in memory: bfloat16 takes half of it and rounds them to 8 bits of precision."
    )
  }
}
