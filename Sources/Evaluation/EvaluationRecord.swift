import Video

/// What was measured of one model.
public struct ModelFigures: Sendable {
  /// Where its checkpoint was read.
  public let checkpoint: String
  /// What each evaluator measured on the held-out clips.
  public let evaluations: [Evaluation]
  /// The pictures of a sample for each prompt; none where nothing was sampled.
  public let samples: [[Picture]]
  /// How often samples show what was asked for, where that is known.
  public let following: PromptFollowing?
  /// How close samples come to training clips, where these were looked at.
  public let nearest: NearestClips?
  /// The pictures of the first clips of `ClassPredictions.mistakes`, as many as are to be shown.
  public let mistakes: [[Picture]]

  /// Figures of a model.
  public init(
    checkpoint: String, evaluations: [Evaluation], samples: [[Picture]] = [],
    following: PromptFollowing? = nil,
    nearest: NearestClips? = nil, mistakes: [[Picture]] = []
  ) {
    self.checkpoint = checkpoint
    self.evaluations = evaluations
    self.samples = samples
    self.following = following
    self.nearest = nearest
    self.mistakes = mistakes
  }

  /// What the model said of the clips' classes, where it tells classes apart.
  public var predictions: ClassPredictions? { evaluations.lazy.compactMap(\.predictions).first }

  /// The loss that says how good the model is.
  public var loss: Double? { evaluations.first?.loss }

  /// The same figures with how close the samples come to training clips.
  public func with(_ nearest: NearestClips?) -> ModelFigures {
    ModelFigures(
      checkpoint: checkpoint, evaluations: evaluations, samples: samples, following: following,
      nearest: nearest, mistakes: mistakes)
  }
}

/// Figures of a model on held-out clips, beside those of the one that it is compared with, and what they were measured
/// on.
public struct EvaluationRecord: Sendable {
  /// What was sampled: the same prompts from the same noise for both models.
  public struct Sampling: Sendable {
    /// The captions.
    public let prompts: [String]
    /// The held-out clip of each caption.
    public let heldOut: [[Picture]]
    /// Steps from noise to clip.
    public let steps: Int
    /// How far samples go beyond the plain prediction.
    public let guidance: Double
    /// The noise's seed.
    public let seed: UInt64
    /// Frames a second.
    public let frameRate: Double

    /// What was sampled, with a held-out clip for each prompt.
    public init(
      prompts: [String], heldOut: [[Picture]], steps: Int, guidance: Double, seed: UInt64, frameRate: Double
    ) {
      precondition(prompts.count == heldOut.count, "each prompt is the caption of a held-out clip")
      self.prompts = prompts
      self.heldOut = heldOut
      self.steps = steps
      self.guidance = guidance
      self.seed = seed
      self.frameRate = frameRate
    }
  }

  /// Training clips that samples were compared with.
  public struct Training: Sendable {
    /// Their manifest.
    public let manifest: String
    /// How close the held-out clips of the prompts come to them: the yardstick for samples.
    public let heldOut: NearestClips
    /// The training clips that the model's closest samples are nearest to, in the order of `NearestClips.closest`; as
    /// many as are to be shown.
    public let closest: [[Picture]]

    /// Training clips.
    public init(manifest: String, heldOut: NearestClips, closest: [[Picture]]) {
      self.manifest = manifest
      self.heldOut = heldOut
      self.closest = closest
    }
  }

  /// The kind of task, as recipes name it.
  public let kind: String
  /// The manifest of the held-out clips.
  public let manifest: String
  /// The clips that were measured.
  public let provenance: FigureProvenance
  /// The model's figures, and those of the one beside it.
  public let model: ModelFigures, base: ModelFigures?
  /// How many of the clips the model was trained on.
  public let trainedOn: Int
  /// What was sampled, if anything was.
  public let sampling: Sampling?
  /// What samples were compared with, if they were.
  public let training: Training?

  /// What was measured.
  public init(
    kind: String, manifest: String, provenance: FigureProvenance, model: ModelFigures, base: ModelFigures?,
    trainedOn: Int = 0, sampling: Sampling? = nil, training: Training? = nil
  ) {
    self.kind = kind
    self.manifest = manifest
    self.provenance = provenance
    self.model = model
    self.base = base
    self.trainedOn = trainedOn
    self.sampling = sampling
    self.training = training
  }

  /// What makes the figures say less than they seem to; nil when nothing does.
  public var caution: String? {
    trainedOn == 0
      ? nil
      : "\(trainedOn) of the \(provenance.clips) clips \(trainedOn == 1 ? "is" : "are") trained on, too, so the figures say "
        + "less of other clips"
  }
}
