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

  /// The probabilities of each clip in a row of its own.
  func rows(_ clips: Tensor) -> [[Double]] {
    let probabilities = probabilities(clips)
    precondition(
      probabilities.shape == [clips.shape[0], classes.count], "a probability for each class and clip")
    return (0..<clips.shape[0]).map { clip in
      let row = probabilities.row(clip)
      return classes.indices.map { Double(row[$0]) }
    }
  }
}

extension ClassPredictions {
  /// What a scorer said of clips, without those whose class is not known.
  init(of scorer: any ClassScorer, entries: [ClipEntry], probabilities: [[Double]]) {
    let known = entries.indices.compactMap { place in scorer.truth(entries[place]).map { (place, $0) } }
    self.init(
      classes: scorer.classes, entries: known.map { entries[$0.0] }, truth: known.map(\.1),
      probabilities: known.map { probabilities[$0.0] })
  }
}
