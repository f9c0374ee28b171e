import Clips
import Manifests

/// Gathers what a scorer says of views of clips. The views of a clip come one behind the other.
struct ClassTally {
  private let scorer: any ClassScorer
  private var entries: [ClipEntry] = []
  private var sums: [[Double]] = []

  init(_ scorer: any ClassScorer) { self.scorer = scorer }

  /// Adds the probabilities of views, each weighted by its share in the mean over its clip's views.
  mutating func add(_ examples: Examples, weights: [Double]) {
    let probabilities = scorer.probabilities(examples.clips)
    let classes = scorer.classes.count
    precondition(probabilities.shape == [examples.count, classes], "a probability for each class and clip")
    for (view, entry) in examples.entries.enumerated() {
      if entries.last?.index != entry.index {
        entries.append(entry)
        sums.append([Double](repeating: 0, count: classes))
      }
      let row = probabilities.pointer + view * classes
      for place in 0..<classes { sums[sums.count - 1][place] += weights[view] * Double(row[place]) }
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
