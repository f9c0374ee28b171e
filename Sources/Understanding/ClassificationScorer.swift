import Evaluation
import Manifests
import Objectives
import Tensors

/// What a classifier says of the classes of clips, as they are.
struct ClassificationScorer: ClassScorer {
  let objective: Classification
  let classes: [String]

  /// The softmax of the logits, [B, C].
  func probabilities(_ clips: Tensor) -> Tensor {
    SoftmaxCrossEntropy().probabilities(objective.model.output(clips))
  }

  /// By `labels.from`.
  func truth(_ entry: ClipEntry) -> Int? { objective.classOf(entry) }
}
