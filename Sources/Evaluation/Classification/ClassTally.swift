import Clips
import Manifests

/// Gathers what a scorer says of views of clips. The views of a clip come one behind the other.
struct ClassTally {
  private let scorer: any ClassScorer
  private var entries: [ClipEntry] = []
  private var sums: [[Double]] = []

  init(_ scorer: any ClassScorer) { self.scorer = scorer }

  /// The probability of each class for each view, one row after the other.
  static func probabilities(_ scorer: any ClassScorer, _ examples: Examples) -> [Double] {
    let probabilities = scorer.probabilities(examples.clips)
    precondition(
      probabilities.shape == [examples.count, scorer.classes.count],
      "a probability for each class and clip")
    return probabilities.values.map(Double.init)
  }

  /// Adds the probabilities of views, each weighted by its share in the mean over its clip's views.
  mutating func add(_ examples: Examples, weights: [Double]) {
    add(examples.entries, Self.probabilities(scorer, examples), weights: weights)
  }

  /// The same for views whose probabilities are known.
  mutating func add(_ views: [ClipEntry], _ probabilities: [Double], weights: [Double]) {
    let classes = scorer.classes.count
    for (view, entry) in views.enumerated() {
      if entries.last?.index != entry.index {
        entries.append(entry)
        sums.append([Double](repeating: 0, count: classes))
      }
      for place in 0..<classes {
        sums[sums.count - 1][place] += weights[view] * probabilities[view * classes + place]
      }
    }
  }

  /// All clips with a known class, and what was said of them.
  var predictions: ClassPredictions {
    let known = entries.indices.compactMap { place in scorer.truth(entries[place]).map { (place, $0) } }
    return ClassPredictions(
      classes: scorer.classes, entries: known.map { entries[$0.0] }, truth: known.map(\.1),
      probabilities: known.map { sums[$0.0] })
  }

  /// The clips whose class is not known.
  var withoutTruth: [ClipEntry] { entries.filter { scorer.truth($0) == nil } }
}
