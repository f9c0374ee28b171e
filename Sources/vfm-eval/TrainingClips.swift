import Clips
import Commands
import Evaluation
import Manifests
import Report
import Training
import Video

/// The clips that a model was trained on, to see whether samples are copies of them.
struct TrainingClips {
  private let manifest: Manifest
  private let clips: SpreadClips

  /// How close samples and held-out clips come to the training clips.
  struct Found {
    let model: NearestClips, base: NearestClips?
    let training: EvaluationRecord.Training
  }

  /// The training clips that `given` names, or else those of the recipe if they are there.
  ///
  /// - Parameters:
  ///   - root: the folder that the clips of `given` must lie in.
  ///   - limit: the most clips to compare with.
  ///   - limits: what a clip may cost.
  /// - Returns: nil, after a note on standard error, when the recipe's clips are not there.
  /// - Throws: `ManifestError` when `given` cannot be read.
  static func find(_ given: String?, root: String?, limit: Int, of model: LoadedModel, limits: DecodeLimits)
    throws
    -> TrainingClips?
  {
    try manifest(given, root: root, of: model, purpose: "to see how close samples come").map { manifest in
      TrainingClips(
        manifest: manifest,
        clips: SpreadClips(
          manifest, shape: model.blueprint.clipShape, limit: limit, source: .files(limits)))
    }
  }

  /// The list of the training clips that `given` names, or else of those of the recipe if they are there.
  ///
  /// - Parameter purpose: what they are good for, in a note that is written where they are not there.
  /// - Throws: `ManifestError` when `given` cannot be read.
  static func manifest(
    _ given: String?, root: String?, of model: LoadedModel, purpose: String
  ) throws -> Manifest? {
    let blueprint = model.blueprint
    if let given {
      return try Manifest.load(
        given, split: "train", root: root, pictures: blueprint.clipShape.frames == 1,
        captions: blueprint.recipe.data.readsCaptions)
    }
    do {
      let manifest = try blueprint.recipe.data.trainManifest()
      if !blueprint.isOf(manifest) {
        standardError("note: the clips of \(manifest.path) are no longer those that the run began with\n")
      }
      return manifest
    } catch let error as ManifestError where error.machine == nil {
      let path = blueprint.recipe.data.train
      let reason = error.isMissing ? "is not there" : "cannot be read as it stands"
      standardError(
        "note: \(path), the training clips, \(reason); name them with --training \(purpose)\n"
      )
      return nil
    }
  }

  /// Finds the nearest training clips of all samples and of the held-out clips in one pass.
  ///
  /// - Returns: nil, after a note, when no training clip can be read.
  func nearest(
    _ sampling: EvaluationRecord.Sampling, model: ModelFigures, base: ModelFigures?
  ) throws -> Found? {
    var searches = [model.samples, sampling.heldOut, base?.samples].compactMap { $0 }.map {
      NearestClipSearch(samples: $0, names: sampling.prompts)
    }
    let progress = CountLine("comparing with training clips")
    let unreadable = try NearestClipSearch.compare(&searches, with: clips) {
      progress.show($0, of: clips.count)
    }
    progress.close()
    if !unreadable.isEmpty {
      standardError(
        "note: \(unreadable.count) of \(clips.count) training clips cannot be read: \(unreadable[0])\n")
    }
    let found = searches.map { $0.result() }
    guard let nearest = found[0], let heldOut = found[1] else { return nil }
    let closest = try nearest.closest.prefix(EvaluationPage.shownPairs).map { place in
      try clips.pictures(at: nearest.matches[place].index)
    }
    return Found(
      model: nearest, base: found.count > 2 ? found[2] : nil,
      training: EvaluationRecord.Training(manifest: manifest.path, heldOut: heldOut, closest: closest))
  }
}
