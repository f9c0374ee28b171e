import Manifests
import Video

@testable import Evaluation

/// Fourteen clips of six classes, of which the last has no clips and the fifth one. Rows 2 and 6 hold ties.
enum MadeUpPredictions {
  static let classes = ["clap", "jump", "run", "sit", "walk", "wave"]
  static let truth = [0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4]
  static let probabilities = [
    [0.497, 0.214, 0.107, 0.051, 0.086, 0.045], [0.276, 0.386, 0.043, 0.037, 0.139, 0.119],
    [0.3, 0.3, 0.1, 0.1, 0.1, 0.1], [0.031, 0.216, 0.033, 0.23, 0.067, 0.423],
    [0.185, 0.407, 0.007, 0.08, 0.145, 0.176], [0.024, 0.281, 0.046, 0.057, 0.535, 0.057],
    [0.25, 0.25, 0.2, 0.1, 0.1, 0.1], [0.01, 0.049, 0.757, 0.007, 0.125, 0.052],
    [0.02, 0.478, 0.359, 0.01, 0.047, 0.086], [0.046, 0.13, 0.053, 0.424, 0.322, 0.025],
    [0.25, 0.112, 0.228, 0.157, 0.098, 0.155], [0.276, 0.372, 0.019, 0.12, 0.204, 0.009],
    [0.039, 0.06, 0.303, 0.51, 0.045, 0.043], [0.052, 0.439, 0.042, 0.049, 0.357, 0.061],
  ]

  static func entry(_ index: Int, _ label: String?) -> ClipEntry {
    ClipEntry(
      index: index, file: ClipFile(path: "/clips/\(index).mp4"), name: "\(index).mp4", caption: "",
      label: label)
  }

  static var all: ClassPredictions {
    ClassPredictions(
      classes: classes, entries: truth.enumerated().map { entry($0.offset, classes[$0.element]) },
      truth: truth,
      probabilities: probabilities)
  }

  /// Predictions for clips of the classes a and b.
  static func ofTwo(_ clips: (truth: Int, a: Double)...) -> ClassPredictions {
    ClassPredictions(
      classes: ["a", "b"], entries: clips.indices.map { entry($0, ["a", "b"][clips[$0].truth]) },
      truth: clips.map(\.truth), probabilities: clips.map { [$0.a, 1 - $0.a] })
  }
}
