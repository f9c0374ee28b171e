import Curation
import Recipes

extension CurationRecipe {
  /// The limits as curation takes them.
  public var limits: CurationLimits {
    CurationLimits(
      keepDamaged: keepDamaged, minSeconds: minSeconds, maxSeconds: maxSeconds, maxBlack: maxBlack,
      maxFrozen: maxFrozen, maxLetterbox: maxLetterbox, minBrightness: minBrightness, minMotion: minMotion,
      maxMotion: maxMotion, minSharpness: minSharpness, duplicateDistance: duplicateDistance)
  }
}
