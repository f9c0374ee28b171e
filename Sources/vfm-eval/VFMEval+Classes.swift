import Clips
import Commands
import Evaluation
import Report
import Training
import Video

extension VFMEval {
  /// Measures models that tell classes apart.
  func measureClasses(_ models: ComparedModels, _ limits: DecodeLimits) throws {
    let entries = try heldOut(models.model.blueprint)
    tellWhatIsLeftOut(entries)
    let run = try ClassRun(
      models, entries, views: views.flatMap { ViewPlan($0) } ?? .middle, limit: clips, limits: limits)
    let shared = try run.shared(
      with: TrainingClips.manifest(
        training, root: root, of: models.model, purpose: "to see whether the clips are among them"),
      allowed: allowShared, limits: limits)
    let record = try run.record(shared: shared, showsMistakes: sheet != nil || report != nil)
    try printResult(try json ? EvalJSON(record).text() : record.text)
    guard let predictions = record.model.predictions else { return }
    if let confusion { try writePNG(ConfusionMatrix(predictions).picture, to: confusion) }
    if let sheet {
      if record.model.mistakes.isEmpty {
        standardError("note: no clip was taken for another class, so \(sheet) is not written\n")
      } else {
        try writePNG(predictions.sheetOfMistakes(record.model.mistakes), to: sheet)
      }
    }
    if let report { try record.writePage(to: report) }
  }

  /// Refuses options that ask for what a model of another kind cannot tell.
  func refuseOptionsOfClasses(_ model: LoadedModel) throws {
    let given = [
      views == nil ? nil : "--views", confusion == nil ? nil : "--confusion",
      allowShared ? "--allow-shared" : nil,
    ].compactMap { $0 }
    guard let first = given.first else { return }
    throw Failure(
      .usage,
      "\(first) is for models that tell classes apart, and \(model.path) is of task.kind "
        + "\"\(model.blueprint.recipe.kind.rawValue)\"; leave it out.")
  }
}
