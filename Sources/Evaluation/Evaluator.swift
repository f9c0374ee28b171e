import Clips

/// Measures a model on held-out clips, with the parameters as they are at the call.
///
/// The same clips give the same figures in every run: whatever is random is drawn from a seed of the evaluator's own.
public protocol Evaluator {
  /// The figures on some clips, of which there is at least one.
  /// - Parameter goesOn: asked before each pass of the model.
  /// - Returns: nil if it was stopped.
  func run(_ clips: ClipReader, goesOn: () -> Bool) -> Evaluation?
}

extension Evaluator {
  /// The figures on some clips, of which there is at least one.
  public func run(_ clips: ClipReader) -> Evaluation { run(clips) { true }! }
}

/// What an evaluator measured.
public struct Evaluation: Sendable {
  /// One figure.
  public struct Figure: Sendable, Equatable {
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
  /// The one number that says how good the model is, smaller being better, where there is one: of two checkpoints the
  /// one with the smaller is kept.
  public let loss: Double?

  /// What was measured.
  public init(title: String, condition: String, figures: [Figure], loss: Double?) {
    self.title = title
    self.condition = condition
    self.figures = figures
    self.loss = loss
  }
}
