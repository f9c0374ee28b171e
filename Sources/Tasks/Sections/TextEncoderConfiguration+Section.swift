import Fields
import Models

extension TextEncoderConfiguration {
  /// Declares the sizes of the text encoder; its vocabulary comes from the captions.
  public init(_ section: Section) {
    let width = section.integer("width", 1...16384, default: 256, "Values in a text token.")
    let depth = section.integer(
      "depth", 0...48, default: 2, "Blocks of the encoder; 0 leaves the embedding alone.")
    let heads = section.integer("heads", 1...256, default: 4, "Attention heads in a block.")
    let headWidth = section.integer(
      "headWidth", 1...16384, default: max(1, width / heads), from: "textEncoder.width / heads",
      "Values in a head; heads × headWidth may differ from width, as in T5.")
    let feedForward = section.integer(
      "feedForward", 1...65536, default: 512, "Width of the gated feed-forward layer in a block.")
    section.expect(
      section.isWritten("headWidth") || width % heads == 0, of: "heads", "width",
      otherwise: "\(heads) does not divide textEncoder.width \(width); "
        + "change one of them, or say how wide a head is with textEncoder.headWidth")
    self.init(
      vocabulary: 0, width: width, depth: depth, heads: heads, headWidth: headWidth, feedForward: feedForward)
  }
}
