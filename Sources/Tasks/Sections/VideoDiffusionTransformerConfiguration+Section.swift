import Clips
import Fields
import Layers
import Models

extension VideoDiffusionTransformerConfiguration {
  /// Declares the sizes of the video diffusion transformer; clips are pixels of three channels.
  public init(_ section: Section, textWidth: Int) {
    let width = section.integer("width", 6...16384, default: 384, "Values in a token.")
    let depth = section.integer("depth", 1...128, default: 12, "Blocks of the transformer.")
    let heads = section.integer(
      "heads", 1...256, default: 6,
      "Attention heads in a block; each gets width / heads values, an even number and at least 6.")
    let feedForward = section.integer(
      "feedForward", 1...65536, default: 4 * width, from: "4 × model.width",
      "Width of the feed-forward layer in a block.")
    let patch = PatchSize(section, default: [1, 2, 2])
    let frequencyWidth = section.integer(
      "frequencyWidth", 2...4096, default: 256,
      "Values, an even number, of the sines and cosines that describe the time to the model.")
    let pooledText = section.flag(
      "pooledText", default: false,
      "Whether the mean of the text tokens is added to the time embedding; this is not in Wan's layout.")
    let absolutePositions = section.flag(
      "absolutePositions", default: false,
      "Whether a fixed code of its place in the clip is added to each token; helps small models, is not in "
        + "Wan's layout.")
    section.expect(
      frequencyWidth % 2 == 0, of: "frequencyWidth",
      otherwise: "must be even, half sines and half cosines, but is \(frequencyWidth)")
    section.expect(
      Self.allows(heads: heads, of: width), of: "heads", "width",
      otherwise:
        "\(heads) cannot share model.width \(width): each head takes an equal, even number of values, at least 6 "
        + "(positions rotate them in pairs along three axes); \(Self.fittingHeads(heads, of: width))")
    self.init(
      channels: 3, patch: patch, width: width,
      depth: depth, heads: heads, feedForward: feedForward, textWidth: textWidth,
      frequencyWidth: frequencyWidth, pooledText: pooledText, absolutePositions: absolutePositions)
  }

  /// Whether attention can be split into so many heads: a head's positions rotate in pairs along three axes, so it
  /// needs an even number of values and at least 6.
  private static func allows(heads: Int, of width: Int) -> Bool {
    width % heads == 0 && width / heads % 2 == 0 && width / heads >= 6
  }

  private static func fittingHeads(_ heads: Int, of width: Int) -> String {
    let fitting = (1...256).filter { allows(heads: $0, of: width) }
    let near = [fitting.last { $0 < heads }, fitting.first { $0 > heads }].compactMap { $0.map(String.init) }
    return near.isEmpty
      ? "no number of heads fits that width, take a multiple of 64 for it"
      : "\(near.joined(separator: " or ")) would fit"
  }

  /// Reports clips that the patch does not divide, or that have too many tokens.
  public func check(_ section: Section, clips: ClipShape, samples: SamplesSection? = nil) {
    let hasOwnFrames = section.reader.isWritten("samples.frames")
    patch.check(section, clips: clips, sampledFrames: hasOwnFrames ? samples?.size.frames : nil)
  }
}
