import Clips
import Manifests
import Video

@testable import Evaluation

/// Predictions that no model made.
enum MadeUpClasses {
  static let classes = ["clap", "<run>", "wave"]

  /// Of three clips of the first class two are right, one clip of the second is, and the third has none.
  static let predictions = ClassPredictions(
    classes: classes, entries: (0..<4).map { entry($0, classes[$0 / 3]) }, truth: [0, 0, 0, 1],
    probabilities: [[0.8, 0.1, 0.1], [0.5, 0.3, 0.2], [0.05, 0.9, 0.05], [0.2, 0.6, 0.2]])

  /// The same clips, of which one more is wrong.
  static let base = ClassPredictions(
    classes: classes, entries: predictions.entries, truth: predictions.truth,
    probabilities: [[0.4, 0.3, 0.3], [0.3, 0.4, 0.3], [0.1, 0.6, 0.3], [0.3, 0.4, 0.3]])

  static func entry(_ index: Int, _ label: String) -> ClipEntry {
    ClipEntry(
      index: index, file: ClipFile(path: "/\(index).mp4"), name: "clips/<\(index)>.mp4", caption: "",
      label: label)
  }

  /// Clips of classes and what they are taken for, by place.
  static func made(classes count: Int, names: [String]? = nil, _ clips: [(truth: Int, predicted: Int)])
    -> ClassPredictions
  {
    let names = names ?? (0..<count).map { "class \($0)" }
    return ClassPredictions(
      classes: names, entries: clips.indices.map { entry($0, names[clips[$0].truth]) },
      truth: clips.map(\.truth),
      probabilities: clips.map { clip in (0..<count).map { $0 == clip.predicted ? 1 : 0 } })
  }

  /// Ten clips a class, most of them right, others taken for a neighbour or another class; names as data sets have them.
  static func spread(_ count: Int) -> ClassPredictions {
    let words = [
      "ApplyEyeMakeup", "brushing teeth", "Pretending to put something next to something", "run",
      "CliffDiving",
      "Handstand Pushups", "pick up", "playing the harmonica in a band", "Skiing", "wave hello",
    ]
    let names = (0..<count).map { words[$0 % words.count] + ($0 < words.count ? "" : " \($0 / words.count)") }
    let clips = (0..<count * 10).map { clip -> (truth: Int, predicted: Int) in
      let truth = clip / 10
      if truth == 2 && count > 3 { return (0, 0) }
      let kind = (clip * 7 + truth * 3) % 20
      return (truth, kind < 13 ? truth : kind < 17 ? (truth + 1) % count : (truth * 5 + kind) % count)
    }
    return made(classes: count, names: names, clips)
  }

  /// What `vfm-eval` measures of a model that tells classes apart.
  static func record(base hasBase: Bool = true, trainedOn: Int = 0, remark: Bool = false) -> EvaluationRecord
  {
    EvaluationRecord(
      kind: "classification", manifest: "set/test.csv",
      provenance: FigureProvenance(predictions, views: ViewPlan(offsets: 5, crops: 3)),
      model: ModelFigures(
        checkpoint: "runs/tuned/checkpoints/step-00000004.h5",
        evaluations: [
          Evaluation(predictions, leftOut: remark ? [entry(9, "none")] : [])
        ],
        mistakes: [[Picture](repeating: Picture(width: 16, height: 8, fill: (200, 30, 60)), count: 16)]),
      base: hasBase
        ? ModelFigures(checkpoint: "runs/base/a.h5", evaluations: [Evaluation(base)]) : nil,
      trainedOn: trainedOn)
  }
}
