import Clips
import Layers
import Manifests
import Models
import Tensors

/// Asks a classifier for the class of each clip.
///
///     loss = −Σ target · log softmax(logits)
///
/// In training clips are augmented and branches left out; held-out clips are taken as they are.
public struct Classification: Objective {
  /// The model that is trained.
  public let model: VideoClassifier
  /// What is done to training clips and their targets.
  public let augmentation: Augmentation
  /// The rate of drop path in the last block; 0 for none.
  public let dropPath: Double
  /// The number of a clip's class; nil for a clip of none.
  public let classOf: @Sendable (ClipEntry) -> Int?

  /// An objective for the model.
  public init(
    model: VideoClassifier, augmentation: Augmentation, dropPath: Double = 0,
    classOf: @escaping @Sendable (ClipEntry) -> Int?
  ) {
    self.model = model
    self.augmentation = augmentation
    self.dropPath = dropPath
    self.classOf = classOf
  }

  /// Those of the model.
  public var parameters: ParameterStore { model.parameters }
  /// Nothing differs: clips are taken as they are.
  public var conditionTitle: String { "clips" }
  /// One.
  public var heldOutConditions: [String] { ["as they are"] }

  /// Augments the clips, and learns their classes.
  public func addGradients(_ examples: Examples, at position: Position, share: Double) -> [Double] {
    let (clips, targets) = augmentation.augmented(
      examples.clips, classes: classes(examples), at: position)
    let depth = model.encoder.configuration.blocks.depth
    let (logits, saved) = model.forward(
      clips,
      dropPath: dropPath > 0
        ? DropPath(
          rate: dropPath, depth: depth, seed: position.seed, step: position.step,
          firstSample: position.firstSample) : nil)
    let (losses, gradient) = SoftmaxCrossEntropy()(logits, targets: targets, share: share)
    model.backward(gradient, saved)
    return losses
  }

  /// The cross entropy of clips as they are, with targets that are not smoothed.
  public func heldOutLosses(_ examples: Examples, condition: Int, at position: Position) -> [Double] {
    let targets = ClassTargets(classes: augmentation.targets.classes).tensor(classes(examples))
    return SoftmaxCrossEntropy()(model.output(examples.clips), targets: targets, share: 1).losses
  }

  /// The classes of clips, all of which were seen to have one before the run began; made-up clips are of the first.
  private func classes(_ examples: Examples) -> [Int] { examples.entries.map { classOf($0) ?? 0 } }
}
