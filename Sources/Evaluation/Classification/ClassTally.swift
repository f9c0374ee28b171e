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
    let rows = scorer.rows(examples.clips)
    for (view, entry) in examples.entries.enumerated() {
      if entries.last?.index != entry.index {
        entries.append(entry)
        sums.append([Double](repeating: 0, count: scorer.classes.count))
      }
      for (place, value) in rows[view].enumerated() { sums[sums.count - 1][place] += weights[view] * value }
    }
  }

  /// All clips with a known class, and what was said of them.
  var predictions: ClassPredictions {
    ClassPredictions(of: scorer, entries: entries, probabilities: sums)
  }
}
