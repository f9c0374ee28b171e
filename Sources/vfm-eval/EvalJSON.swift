import Clips
import Evaluation

/// What was measured as one JSON object: the model's figures at the top, those of the base under `base` by the same keys.
struct EvalJSON: Encodable {
  private let record: EvaluationRecord
  private let figures: ModelFigures
  private let base: ModelFigures?

  init(_ record: EvaluationRecord) { self.init(record, record.model, base: record.base) }

  private init(_ record: EvaluationRecord, _ figures: ModelFigures, base: ModelFigures?) {
    self.record = record
    self.figures = figures
    self.base = base
  }

  /// The text, keys in alphabetical order.
  func text() throws -> String { try jsonText(self) }

  private enum Key: String, CodingKey {
    case checkpoint, kind, manifest, clips, provenance, heldOutLoss, heldOut, evaluations, sampling,
      promptFollowing
    case nearest, base, views, trainedOn
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(figures.checkpoint, forKey: .checkpoint)
    try values.encode(record.kind, forKey: .kind)
    try values.encode(record.manifest, forKey: .manifest)
    try values.encode(record.provenance.clips, forKey: .clips)
    try values.encode(record.provenance, forKey: .provenance)
    // JSON has no word for numbers that are not finite.
    try values.encodeIfPresent(figures.loss.flatMap { $0.isFinite ? $0 : nil }, forKey: .heldOutLoss)
    try values.encodeIfPresent(figures.evaluations.first?.finite, forKey: .heldOut)
    try values.encode(
      Dictionary(figures.evaluations.map { ($0.title, $0.finite) }, uniquingKeysWith: { first, _ in first }),
      forKey: .evaluations)
    try values.encodeIfPresent(record.sampling.map(Sampling.init), forKey: .sampling)
    try values.encodeIfPresent(figures.following, forKey: .promptFollowing)
    if let nearest = figures.nearest, let training = record.training {
      try values.encode(Nearest(samples: nearest, training: training), forKey: .nearest)
    }
    if let predictions = figures.predictions {
      try predictions.encode(to: encoder)
      try values.encodeIfPresent(record.provenance.views.flatMap { ViewPlan($0) }, forKey: .views)
      if record.trainedOn > 0 { try values.encode(record.trainedOn, forKey: .trainedOn) }
    }
    try values.encodeIfPresent(base.map { EvalJSON(record, $0, base: nil) }, forKey: .base)
  }

  /// How samples were drawn.
  private struct Sampling: Encodable {
    let samples: Int, steps: Int, guidance: Double, seed: UInt64

    init(_ sampling: EvaluationRecord.Sampling) {
      (samples, steps) = (sampling.prompts.count, sampling.steps)
      (guidance, seed) = (sampling.guidance, sampling.seed)
    }
  }

  /// The samples' own figures, with the yardstick and the manifest beside them.
  private struct Nearest: Encodable {
    let samples: NearestClips
    let training: EvaluationRecord.Training

    private enum Key: String, CodingKey { case heldOut, training }

    func encode(to encoder: any Encoder) throws {
      try samples.encode(to: encoder)
      var values = encoder.container(keyedBy: Key.self)
      try values.encode(training.heldOut, forKey: .heldOut)
      try values.encode(training.manifest, forKey: .training)
    }
  }
}

extension Evaluation {
  /// The figures by name; those that are not finite are left out.
  fileprivate var finite: [String: Double] {
    Dictionary(
      figures.filter(\.value.isFinite).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
