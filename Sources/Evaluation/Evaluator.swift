import Clips

/// Measures a model on held-out clips, with the parameters as they are at the call.
///
/// The same clips give the same figures in every run: whatever is random is drawn from a seed of the evaluator's own.
public protocol Evaluator {
  /// The figures on some clips, of which there is at least one.
  /// - Parameter goesOn: asked before each pass of the model.
  /// - Returns: nil if it was stopped.
  func run(_ clips: ClipReader, goesOn: () -> Bool) -> Evaluation?
  /// What is wrong with a model by these figures, in whole sentences; nothing by default.
  /// - Parameter first: what the same evaluator measured at the run's first look; `now` if it is this one.
  func warnings(_ now: Evaluation, first: Evaluation) -> [String]
}

extension Evaluator {
  /// Nothing.
  public func warnings(_ now: Evaluation, first: Evaluation) -> [String] { [] }

  /// The figures on some clips, of which there is at least one.
  public func run(_ clips: ClipReader) -> Evaluation { run(clips) { true }! }
}

/// What an evaluator measured.
public struct Evaluation: Sendable, Codable {
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

  /// What was measured, in words: "held-out loss".
  public let title: String
  /// What the figures are told apart by: "noise level".
  public let condition: String
  /// All figures, in order.
  public let figures: [Figure]
  /// The mean of the figures where they are losses.
  public let loss: Double?
  /// The one number that says how good the model is, smaller being better, where there is one: of two checkpoints the
  /// one with the smaller is kept.
  public let choice: Double?

  /// What was measured.
  /// - Parameter choice: what checkpoints are chosen by, if anything.
  public init(title: String, condition: String, figures: [Figure], loss: Double?, choice: Double?) {
    self.title = title
    self.condition = condition
    self.figures = figures
    self.loss = loss
    self.choice = choice
  }

  /// What was measured, where checkpoints are chosen by the loss.
  public init(title: String, condition: String, figures: [Figure], loss: Double?) {
    self.init(title: title, condition: condition, figures: figures, loss: loss, choice: loss)
  }
}
