import Curation
import Fields

extension CurationLimits {
  /// Declares the limits with their defaults.
  public init(_ section: Section) {
    self.init(
      keepDamaged: section.flag(
        "keepDamaged", default: false, "Keep clips that decode with complaints, too."),
      minSeconds: section.number(
        "minSeconds", .above(0, through: 3600), default: 0.5, "The shortest span that is kept, in seconds."),
      maxSeconds: section.number(
        "maxSeconds", .above(0, through: 86_400), default: 60,
        "The longest span, in seconds; longer shots are cut into equal pieces."),
      maxBlack: section.number(
        "maxBlack", .from(0, through: 1), default: 0.1, "The largest share of a span that may be black."),
      maxFrozen: section.number(
        "maxFrozen", .from(0, through: 1), default: 0.5,
        "The largest share of a span in which nothing may change for half a second or longer."),
      maxLetterbox: section.number(
        "maxLetterbox", .from(0, through: 1), default: 0.1,
        "The largest share of the picture that black bars at its edges may cover."),
      minBrightness: section.number(
        "minBrightness", .from(0, through: 1), default: 0.02,
        "The least mean brightness, 0 for black to 1 for white."),
      minMotion: section.number(
        "minMotion", .from(0, through: 10), default: 0.001,
        "The least motion, in sides of the picture a second, the mean over the picture."),
      maxMotion: section.number(
        "maxMotion", .from(0, through: 10), default: 0.35, "The most motion, measured in the same way."),
      minSharpness: section.number(
        "minSharpness", .from(0, through: 10), default: 0.0005,
        "The least variance of the Laplacian of the picture at 128 × 128."),
      duplicateDistance: section.integer(
        "duplicateDistance", -1...11, default: 4,
        "In how many of 64 bits the hashes of shots may differ for their frames to be compared; of those that "
          + "hardly differ the first is kept. -1 keeps all."
      ))
  }
}
