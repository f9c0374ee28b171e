import Clips
import Commands
import Manifests
import Recipes
import Training

extension HeldOutClips {
  /// The held-out clips of a recipe, and those of the kind that its base knows; clips that cannot be read are named.
  /// - Parameters:
  ///   - training: the clips that the run trains on.
  ///   - spread: whether they are taken from all over their lists, for a model that tells classes apart.
  init(_ recipe: Recipe, training: Manifest, spread: Bool) throws {
    guard recipe.training.validateEvery > 0 else {
      self.init()
      return
    }
    func reader(_ manifest: Manifest, _ source: ClipSource) throws -> ClipReader? {
      tellWhatIsLeftOut(manifest, "held-out clips: ")
      let clips = try ClipReader(
        manifest, shape: recipe.data.clipShape, limit: recipe.training.validationClips, spread: spread,
        source: source)
      for bad in clips.unreadable { standardError("held-out clip left out: \(bad)\n") }
      return clips.count > 0 ? clips : nil
    }
    self.init(
      clips: try recipe.data.validationManifest().flatMap {
        try reader($0, recipe.clipSource($0, .validation))
      },
      remembered: try recipe.evaluation.rememberedManifest(recipe.data).flatMap {
        try reader($0, .files(recipe.data.limits))
      }, training: training)
  }
}

extension StartSection {
  /// The number of parameters, and what becomes of them where some are frozen.
  func inWords(parameters: Int, frozen: Int) -> String {
    frozen == 0
      ? "\(parameters)"
      : "\(parameters) (\(parameters - frozen) trained, \(frozen) frozen in \(frozenPrecision.rawValue))"
  }
}
