import Clips

/// Measures a model on held-out clips, with the parameters as they are at the call.
///
/// The same clips give the same figures in every run: whatever is random is drawn from a seed of the evaluator's own.
public protocol Evaluator {
  /// The figures on some clips, of which there is at least one.
  /// - Parameters:
  ///   - shared: how the ranks of a run share the work; every rank gets the same figures.
  ///   - goesOn: asked before each pass of the model on this rank.
  /// - Returns: nil if any rank was stopped.
  func run(_ clips: ClipReader, shared: SharedLook, goesOn: () -> Bool) -> Evaluation?
  /// What a user should know of how the figures have changed in a run, without a capital, since the step is named before;
  /// nothing by default.
  /// - Parameter first: the figures at the run's first look; those of `now` if it is this one.
  func warnings(_ now: Evaluation, first: [Evaluation.Figure]) -> [String]
}

extension Evaluator {
  /// Nothing.
  public func warnings(_ now: Evaluation, first: [Evaluation.Figure]) -> [String] { [] }

  /// The figures on some clips, of which there is at least one, by this process alone.
  /// - Parameter goesOn: asked before each pass of the model.
  /// - Returns: nil if it was stopped.
  public func run(_ clips: ClipReader, goesOn: () -> Bool) -> Evaluation? {
    run(clips, shared: .alone, goesOn: goesOn)
  }

  /// The figures on some clips, of which there is at least one, by this process alone.
  public func run(_ clips: ClipReader) -> Evaluation { run(clips) { true }! }
}

/// What an evaluator measured.
public struct Evaluation: Sendable {
  /// One figure.
  public struct Figure: Sendable, Equatable, Codable {
    /// What it is of: "time 0.1", "top 1".
    public let name: String
    /// The figure.
    public let value: Double

    /// A figure of a name.
    public init(_ name: String, _ value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// What the figures are.
  public enum Scale: Sendable {
    /// Losses, or what else has a measure of its own; the evaluation's loss is the mean of those.
    case losses
    /// Shares of one, such as that of clips whose class was found; the loss stands beside them.
    case shares
  }

  /// What was measured, in words: "held-out loss".
  public let title: String
  /// What the figures are told apart by: "noise level".
  public let condition: String
  /// All figures, in order.
  public let figures: [Figure]
  /// What the figures are.
  public let scale: Scale
  /// The mean of what is to be small, where there is such a thing.
  public let loss: Double?
  /// The one number that says how good the model is, smaller being better, where there is one: of two checkpoints the
  /// one with the smaller is kept. The loss, unless the evaluator says otherwise.
  public private(set) var choice: Double?
  /// What the loss is called beside the figures: "mean", "cross entropy".
  public let lossName: String
  /// What the model said of the clips' classes, where it tells classes apart.
  public let predictions: ClassPredictions?
  /// What a user should know beside the figures, in sentences without capital and full stop: "the features have collapsed".
  public let remarks: [String]

  /// What was measured.
  public init(
    title: String, condition: String, figures: [Figure], loss: Double?, scale: Scale = .losses,
    lossName: String = "mean", predictions: ClassPredictions? = nil, remarks: [String] = []
  ) {
    self.title = title
    self.condition = condition
    self.figures = figures
    self.loss = loss
    self.scale = scale
    self.lossName = lossName
    self.predictions = predictions
    self.remarks = remarks
    choice = loss
  }

  /// The same where checkpoints are not chosen by the loss.
  /// - Parameter choice: what they are chosen by; nil where nothing of this says which is better.
  public func chosen(by choice: Double?) -> Evaluation {
    var evaluation = self
    evaluation.choice = choice
    return evaluation
  }
}
