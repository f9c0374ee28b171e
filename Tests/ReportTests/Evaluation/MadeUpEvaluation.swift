import Manifests
import Video

@testable import Evaluation
@testable import SyntheticClips

/// Figures that were never measured.
enum MadeUpEvaluation {
  static let prompts = ["a red circle <moves> left", "two & \"three\""]

  static func clip(_ tone: UInt8) -> [Picture] {
    [Picture](repeating: Picture(width: 16, height: 8, fill: (tone, 0, 0)), count: 2)
  }

  static func losses(_ values: Double...) -> Evaluation {
    Evaluation(
      title: "held-out loss", condition: "noise level",
      figures: values.enumerated().map { .init("time 0.\($0.offset + 1)", $0.element) },
      loss: values.reduce(0, +) / Double(values.count))
  }

  static func accuracy(_ value: Double) -> Evaluation {
    Evaluation(title: "accuracy", condition: "place", figures: [.init("top 1", value)], loss: nil)
  }

  static func following(_ right: Bool) -> PromptFollowing {
    PromptFollowing(
      sights: [SceneJudge.Sight(colour: .red, shape: right ? .circle : .square, motion: .left)],
      asked: [["colour": "red", "shape": "circle", "motion": "left"]])
  }

  static func nearest(_ tones: [UInt8]) -> NearestClips {
    var search = NearestClipSearch(samples: tones.map(clip), names: prompts)
    for (index, tone) in [UInt8(100), 200].enumerated() {
      search.compare(with: ClipThumbnail(clip(tone)), name: "clips/<\(index)>.mp4", index: index)
    }
    return search.result()!
  }

  /// All that can be measured.
  static func record(base: Bool = true) -> EvaluationRecord {
    EvaluationRecord(
      kind: "textToVideo", manifest: "set/<test>.jsonl",
      provenance: FigureProvenance([
        ClipEntry(index: 0, file: ClipFile(path: "a.mp4"), name: "a.mp4", caption: "a red circle")
      ]),
      model: ModelFigures(
        checkpoint: "runs/tuned/checkpoints/step-00000004.h5",
        evaluations: [losses(0.5, 0.3), accuracy(0.75)],
        samples: [clip(110), clip(200)], following: following(true), nearest: nearest([110, 200])),
      base: base
        ? ModelFigures(
          checkpoint: "runs/base/checkpoints/step-00000009.h5", evaluations: [losses(1, 0.2), accuracy(0.5)],
          samples: [clip(0), clip(10)], following: following(false), nearest: nearest([0, 10])) : nil,
      sampling: .init(
        prompts: prompts, heldOut: [clip(130), clip(220)], steps: 30, guidance: 1.5, seed: 7, frameRate: 8),
      training: .init(
        manifest: "set/train.jsonl", heldOut: nearest([130, 220]), closest: [clip(200), clip(100)]))
  }

  /// Losses alone, of a kind that samples nothing.
  static let lossesAlone = EvaluationRecord(
    kind: "denoising", manifest: "clips.csv", provenance: record().provenance,
    model: ModelFigures(checkpoint: "run/a.h5", evaluations: [losses(0.5)]), base: nil)
}
