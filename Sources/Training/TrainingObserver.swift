import Clips
import Evaluation
import Manifests
import Tasks

/// What a run tells of itself while it goes on.
public protocol TrainingObserver: AnyObject {
  /// A step is done.
  func finished(_ step: StepReport)
  /// Held-out clips were looked at; the model computes with the averaged weights during the call.
  func validated(_ report: HeldOutReport)
  /// Samples are wanted; the model computes with the averaged weights during the call.
  /// - Parameter goesOn: asked before each step of the sampler; if it does not, nothing is to be left behind.
  func samplesDue(step: Int, subject: Subject, goesOn: () -> Bool)
  /// Whether the samples of a step are there, whole.
  func hasSamples(step: Int) -> Bool
  /// The run went back to an earlier step from one that failed, and what was told of those in between does not hold.
  func wentBack(to step: Int, from failed: Int)
  /// A checkpoint is on disk, after so many seconds.
  func saved(step: Int, path: String, seconds: Double)
  /// Something to know that does not stop the run.
  func warned(_ message: String)
}

/// One step in figures.
public struct StepReport: Sendable {
  /// Steps done, this one included, and steps of the run.
  public let step: Int, steps: Int
  /// The mean loss, the gradient's norm before clipping, and the learning rate.
  public let loss: Double, gradientNorm: Double, learningRate: Double
  /// Whether the weights were left as they were.
  public let isRefused: Bool
  /// Clips of the step.
  public let clips: Int
  /// Their shape, in a run that has several.
  public let shape: ClipShape?
  /// Seconds that the step took, and how many of them were spent waiting for clips.
  public let seconds: Double, secondsWaited: Double
  /// Operations of its matrix products.
  public let operations: Int
}

/// Clips that a run looks at and does not learn from.
public struct HeldOutClips: Sendable {
  /// Clips of the kind that is trained.
  public let clips: ClipReader?
  /// Clips of the kind that the base was trained on.
  public let remembered: ClipReader?
  /// How many of `clips` the run trains on, too, so that they are not held out.
  public let trainedOn: Int
  /// The SHA-256 of both lists.
  let clipsList: String?, rememberedList: String?

  /// Clips to look at; none by default.
  /// - Parameter training: the clips that the run trains on.
  public init(clips: ClipReader? = nil, remembered: ClipReader? = nil, training: Manifest? = nil) {
    self.clips = clips
    trainedOn = clips.flatMap { training?.shared(with: $0.entries).count } ?? 0
    self.remembered = remembered
    clipsList = clips?.entries.listHash
    rememberedList = remembered?.entries.listHash
  }

  /// What makes their figures say less than they seem to; nil when nothing does.
  public var caution: String? {
    trainedOn == 0
      ? nil
      : "\(trainedOn) of the \(clips?.count ?? 0) held-out clips \(trainedOn == 1 ? "is" : "are") trained on, too"
  }
}

/// A look at held-out clips.
public struct HeldOutReport: Sendable {
  /// The step after which it was taken.
  public let step: Int
  /// What each evaluator measured on clips of the kind that is trained, and on those that the base knew.
  public let heldOut: [Evaluation], remembered: [Evaluation]
  /// The SHA-256 of the lists of both kinds of clips: losses on other lists do not compare.
  public let heldOutList: String?, rememberedList: String?
  /// How many of the clips of the kind that is trained the run trains on, too.
  public let trainedOn: Int
  /// What makes the figures say less than they seem to; nil when nothing does.
  public let caution: String?

  /// What checkpoints are chosen by, smaller being better; nil where nothing says which is better.
  public var choice: Double? { heldOut.lazy.compactMap(\.choice).first }

  /// What the evaluators remark of both kinds of clips.
  public var remarks: [String] {
    heldOut.flatMap(\.remarks) + remembered.flatMap(\.remarks).map { "on the base's clips \($0)" }
  }
}
