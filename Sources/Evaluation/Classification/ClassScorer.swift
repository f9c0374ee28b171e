import Manifests
import Tensors

/// What tells classes of clips apart.
public protocol ClassScorer {
  /// The names of the classes, C of them, in the order of the probabilities.
  var classes: [String] { get }
  /// Clips [B, 3, F, H, W] to the probability of each class [B, C]: the softmax of the logits.
  func probabilities(_ clips: Tensor) -> Tensor
  /// The place of a clip's class; nil for a clip without a label, or with one that is none of the classes.
  func truth(_ entry: ClipEntry) -> Int?
}

extension ClassScorer {
  /// The class that the clip's label names.
  public func truth(_ entry: ClipEntry) -> Int? { entry.label.flatMap(classes.firstIndex) }
}
