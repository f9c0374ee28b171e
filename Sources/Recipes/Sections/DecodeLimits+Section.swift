import Fields
import Video

extension DecodeLimits {
  /// Declares the limits with their defaults.
  public init(_ section: Section) {
    self.init(
      maxPixels: section.integer(
        "maxPixels", 1...268_435_456, default: 4096 * 2304,
        "The largest frame that is decoded, in pixels; memory for a clip follows it."),
      maxSeconds: section.number(
        "maxSeconds", .above(0, through: 3600), default: 30,
        "The longest that opening a clip, or decoding a sample of it, may take, in seconds."),
      maxBytes: section.integer(
        "maxBytes", 1...Int.max, default: 16 << 30, "The largest clip that is opened, in bytes."),
      moreCodecs: section.strings(
        "moreCodecs", atMost: 32,
        "Decoders to allow besides the usual ones (docs/SECURITY.md lists these), by libav's names, as in dnxhd."
      ),
      isolate: section.flag(
        "isolate", default: false,
        "Whether clips, and a base to start from, are read in a process of its own that has no files, no network and bounded memory: for those of strangers (docs/SECURITY.md). Needs Linux with seccomp."
      ))
  }
}
