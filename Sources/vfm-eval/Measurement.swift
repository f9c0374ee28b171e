import Clips
import Commands
import Evaluation
import Manifests
import Sampling
import SyntheticClips
import Training
import Video

/// Measures a model, and its base beside it, on the same clips in the same way.
struct Measurement {
  let models: ComparedModels
  let reader: ClipReader
  /// The captions that are sampled; nil where nothing is.
  let choice: CaptionChoice?
  let settings: SamplerSettings

  /// - Parameter limit: the most captions to sample; nil for what suits the clips, 0 for none.
  init(_ models: ComparedModels, _ reader: ClipReader, limit: Int?, settings: SamplerSettings) {
    self.models = models
    self.reader = reader
    self.settings = settings
    if models.model.subject.sampler == nil {
      let kind = models.model.blueprint.recipe.kind.rawValue
      let rest = models.model.subject.reconstructor == nil ? ", so only losses are measured" : ""
      standardError("note: task.kind \"\(kind)\" samples no clips\(rest)\n")
      choice = nil
    } else {
      choice = limit == 0 ? nil : CaptionChoice(of: reader.entries, limit: limit)
    }
  }

  private var entries: [ClipEntry] { choice.map { choice in choice.places.map { reader.entries[$0] } } ?? [] }
  private var clipShape: ClipShape { models.model.blueprint.clipShape }

  /// All figures. How close samples come to training clips is told where `training` names any.
  func record(manifest: String, training: TrainingClips?) throws -> EvaluationRecord {
    let base = models.base.map { figures(of: $0, "sampling the base") }
    let model = figures(of: models.model, "sampling")
    let sampling = choice.map { choice in
      EvaluationRecord.Sampling(
        prompts: entries.map(\.caption), heldOut: choice.places.map(reader.pictures), steps: settings.steps,
        guidance: settings.guidance, seed: settings.seed, frameRate: clipShape.frameRate)
    }
    func record(_ found: TrainingClips.Found?) -> EvaluationRecord {
      EvaluationRecord(
        kind: models.model.blueprint.recipe.kind.rawValue, manifest: manifest,
        provenance: FigureProvenance(reader.entries), model: model.with(found?.model),
        base: base?.with(found?.base), sampling: sampling, training: found?.training)
    }
    guard let sampling, let training else { return record(nil) }
    return record(try training.nearest(sampling, model: model, base: base))
  }

  private func figures(of model: LoadedModel, _ activity: String) -> ModelFigures {
    let evaluations = (model.subject.evaluators + model.subject.apart).map { $0.run(reader) }
    guard let sampler = model.subject.sampler, let choice else {
      return ModelFigures(checkpoint: model.path, evaluations: evaluations)
    }
    noteUnknownWords(sampler, model.path)
    let progress = PercentLine(activity)
    let samples = SampledClips(sampler, settings).pictures(
      of: entries.map { Wish(prompt: $0.caption) },
      size: SampleSize(frames: clipShape.frames, height: clipShape.height, width: clipShape.width)
    ) { share in
      progress.show(share)
      return true
    }
    progress.close()
    let asked = entries.map(\.attributes)
    let following =
      choice.isJudged
      ? PromptFollowing(clips: samples, asked: asked, judge: SceneJudge(attributes: asked)) : nil
    return ModelFigures(
      checkpoint: model.path, evaluations: evaluations, samples: samples, following: following)
  }

  private func noteUnknownWords(_ sampler: any Sampler, _ path: String) {
    if let note = sampler.cut(entries.map(\.caption))?.note() { standardError("note: \(note)\n") }
    let words = Set(entries.flatMap { sampler.unknownWords(in: $0.caption) }).sorted()
    guard !words.isEmpty else { return }
    let shown = words.prefix(10).map { "\"\($0)\"" }.joined(separator: ", ")
    let more = words.count > 10 ? " and \(words.count - 10) more" : ""
    standardError("note: \(path) has never seen the \(words.count == 1 ? "word" : "words") \(shown)\(more)\n")
  }
}
