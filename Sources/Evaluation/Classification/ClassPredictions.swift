import Foundation
import Manifests

/// What a model said of the classes of clips, and which classes they are: all figures of classification follow from it.
public struct ClassPredictions: Sendable {
  /// The names of the classes, C of them.
  public let classes: [String]
  /// The clips, in the order in which they were measured.
  public let entries: [ClipEntry]
  /// The place of each clip's class.
  public let truth: [Int]
  /// The probability of each class for each clip, [clips][C]: the mean of the softmax over the clip's views.
  public let probabilities: [[Double]]
  /// The class that was found most probable for each clip, the first of several that are equally so; nil where the
  /// model gave no numbers.
  public let predicted: [Int?]

  /// Predictions for clips, each of which has one of the classes.
  public init(classes: [String], entries: [ClipEntry], truth: [Int], probabilities: [[Double]]) {
    precondition(
      entries.count == truth.count && truth.count == probabilities.count,
      "each clip has a class and probabilities")
    precondition(truth.allSatisfy(classes.indices.contains), "a clip's class is the place of one")
    precondition(probabilities.allSatisfy { $0.count == classes.count }, "each class has a probability")
    self.classes = classes
    self.entries = entries
    self.truth = truth
    self.probabilities = probabilities
    predicted = probabilities.map { row in
      row.allSatisfy(\.isFinite) ? row.indices.max { (row[$0], $1) < (row[$1], $0) } : nil
    }
  }

  /// The number of clips.
  public var count: Int { entries.count }

  /// The probability of the class that was found most probable for a clip; nil where the model gave no numbers.
  public func confidence(_ clip: Int) -> Double? { predicted[clip].map { probabilities[clip][$0] } }

  /// Whether a clip's class was found the most probable one.
  public func isRight(_ clip: Int) -> Bool { predicted[clip] == truth[clip] }

  /// How often the right class was among the k most probable ones; of equally probable classes the first in their order
  /// come first. A clip for which the model gave no numbers is wrong.
  public func top(_ k: Int) -> Proportion {
    let right = entries.indices.count { clip in
      let (row, truth) = (probabilities[clip], truth[clip])
      guard predicted[clip] != nil else { return false }
      return row.indices.count { row[$0] > row[truth] || row[$0] == row[truth] && $0 < truth } < k
    }
    return Proportion(right: right, judged: count)
  }

  /// The k of the shares that are told: 1, and 5 where that is fewer than all classes.
  public var told: [Int] { classes.count > 5 ? [1, 5] : [1] }

  /// The mean over clips of −log p(right class), in nats; nil without clips, not a number where the model gave none.
  ///
  /// A probability that has become 0 in single precision counts as the smallest normal one (87.3 nats), so that one
  /// clip does not hide all others.
  public var crossEntropy: Double? {
    guard count > 0 else { return nil }
    let sum = entries.indices.reduce(0.0) { sum, clip in
      guard predicted[clip] != nil else { return .nan }
      return sum - log(max(probabilities[clip][truth[clip]], Double(Float.leastNormalMagnitude)))
    }
    return sum / Double(count)
  }

  /// How often clips of a class were taken for which, [true class][predicted class].
  public var confusion: [[Int]] {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (truth, predicted) in zip(truth, predicted) {
      if let predicted { counts[truth][predicted] += 1 }
    }
    return counts
  }

  /// A clip that was taken for one of another class.
  public struct Mistake: Sendable, Equatable {
    /// The clip's place.
    public let clip: Int
    /// Its class, the one that it was taken for, and the probability of that.
    public let truth: Int, predicted: Int, confidence: Double
  }

  /// The mistakes, those with the greatest confidence first; equally confident ones in the order of the clips.
  public var mistakes: [Mistake] {
    entries.indices.compactMap { clip in
      guard let predicted = predicted[clip], predicted != truth[clip] else { return nil }
      return Mistake(
        clip: clip, truth: truth[clip], predicted: predicted, confidence: probabilities[clip][predicted])
    }.sorted { ($1.confidence, $0.clip) < ($0.confidence, $1.clip) }
  }
}
