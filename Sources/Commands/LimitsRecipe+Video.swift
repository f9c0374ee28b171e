import Recipes
import Video

extension LimitsRecipe {
  /// The limits as the decoder takes them.
  public var forDecoding: DecodeLimits {
    DecodeLimits(maxPixels: maxPixels, maxSeconds: maxSeconds, maxBytes: maxBytes, moreCodecs: moreCodecs)
  }
}
