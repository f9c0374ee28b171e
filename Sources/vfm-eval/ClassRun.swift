import Clips
import Commands
import Evaluation
import Manifests
import Training
import Video

/// Asks a model, and its base beside it, for the classes of clips.
struct ClassRun {
  let models: ComparedModels
  /// The clips whose class the model knows, and all others.
  private let labelled: [ClipEntry], unlabelled: [ClipEntry]
  private let manifest: Manifest
  private let reader: ViewReader

  /// - Parameters:
  ///   - manifest: the clips.
  ///   - limit: the most of them to measure, taken from all over the list, since lists are often sorted by class.
  /// - Throws: `Failure` when no clip has a label that the model knows.
  init(
    _ models: ComparedModels, _ manifest: Manifest, views: ViewPlan, limit: Int?, limits: DecodeLimits
  ) throws {
    self.models = models
    self.manifest = manifest
    reader = ViewReader(shape: models.model.blueprint.clipShape, plan: views, source: .files(limits))
    let scorer = models.model.subject.scorer!
    let known = manifest.filter { scorer.truth($0) != nil }
    unlabelled = manifest.filter { scorer.truth($0) == nil }
    labelled = known.spread(limit ?? known.count)
    guard !labelled.isEmpty else {
      throw Failure(
        .unfitInput,
        "No clip of \(manifest.path) has a label among the classes of \(models.model.path) "
          + "(\(scorer.classes.listed)); name clips of these classes, in any layout of docs/data.md that gives labels."
      )
    }
  }

  /// Looks for the clips among those that the model was trained on.
  ///
  /// - Parameter allowed: whether they may be.
  /// - Returns: the indices of those that are.
  /// - Throws: `Failure` when some are and may not.
  func shared(with training: Manifest?, allowed: Bool, limits: DecodeLimits) throws -> Set<Int> {
    guard let training else { return [] }
    let places = Set(training.shared(with: labelled)).union(training.copies(of: labelled, limits: limits))
      .sorted()
    guard !places.isEmpty else { return [] }
    let names = places.map { labelled[$0].name }.listed
    let found =
      "\(places.count) of the \(labelled.count) clips of \(manifest.path) \(places.count == 1 ? "is" : "are") among the "
      + "training clips, \(training.path)"
    guard allowed else {
      throw Failure(
        .unfitInput,
        "\(found): \(names). Figures on them say nothing of other clips. Name clips that were not trained on (--split test "
          + "leaves out the other splits of a list), or give --allow-shared to measure all the same, which marks the figures."
      )
    }
    standardError("note: \(found): \(names)\n")
    return Set(places.map { labelled[$0].index })
  }

  /// All figures.
  /// - Parameters:
  ///   - shared: the indices of clips that the model was trained on.
  ///   - showsMistakes: whether clips of the most confident mistakes are read again, to be shown.
  func record(shared: Set<Int>, showsMistakes: Bool) throws -> EvaluationRecord {
    let (model, base) = (models.model, models.base)
    let scorers = [model.subject.scorer, base?.subject.scorer].compactMap { $0 }
    let progress = CountLine("measuring")
    let measured = try ClassMeasurement.run(
      scorers, on: labelled, reader: reader,
      batch: model.blueprint.recipe.training.batchSize
    ) { done, all in
      progress.show(done, of: all)
      return true
    }!
    progress.close()
    for bad in measured.unreadable { standardError("left out: \(bad)\n") }
    let predictions = measured.predictions[0]
    guard predictions.count > 0 else {
      throw Failure(
        .unfitInput, "None of the clips of \(manifest.path) can be read; the messages above say why.")
    }
    let evaluation = Evaluation(predictions, leftOut: unlabelled)
    for remark in evaluation.remarks { standardError("note: \(remark)\n") }
    return EvaluationRecord(
      kind: model.blueprint.recipe.kind.rawValue, manifest: manifest.path,
      provenance: FigureProvenance(predictions, views: reader.plan),
      model: ModelFigures(
        checkpoint: model.path, evaluations: [evaluation],
        mistakes: showsMistakes ? try mistakes(of: predictions) : []),
      base: base.map { base in
        ModelFigures(checkpoint: base.path, evaluations: [Evaluation(measured.predictions[1])])
      }, trainedOn: predictions.entries.count { shared.contains($0.index) })
  }

  /// The frames of the most confident mistakes, from the middle of their clips.
  private func mistakes(of predictions: ClassPredictions) throws -> [[Picture]] {
    try predictions.mistakes.prefix(ClassPredictions.shownMistakes).map {
      try reader.pictures(of: predictions.entries[$0.clip])
    }
  }
}
