/// The sizes of the video diffusion transformer, which has the layout of Wan 2.1.
public struct ModelRecipe: Equatable, Sendable {
  /// Values in a token.
  public let width: Int
  /// Blocks.
  public let depth: Int
  /// Attention heads.
  public let heads: Int
  /// Width of the feed-forward layers.
  public let feedForward: Int
  /// What one token covers: [frames, rows, columns].
  public let patch: [Int]
  /// Sinusoids that describe the time.
  public let frequencyWidth: Int
  /// Whether the mean text token is added to the time embedding.
  public let pooledText: Bool
  /// Whether a fixed code of its place in the clip is added to each token.
  public let absolutePositions: Bool

  /// Values in a head.
  public var headWidth: Int { width / heads }

  init(_ section: Section) {
    width = section.integer("width", 6...16384, default: 384, "Values in a token.")
    depth = section.integer("depth", 1...128, default: 12, "Blocks of the transformer.")
    heads = section.integer(
      "heads", 1...256, default: 6,
      "Attention heads in a block; each gets width / heads values, an even number and at least 6.")
    feedForward = section.integer(
      "feedForward", 1...65536, default: 4 * width, from: "4 × model.width",
      "Width of the feed-forward layer in a block.")
    patch = section.integers(
      "patch", 1...64, default: [1, 2, 2],
      "What one token covers: frames, rows and columns; each must divide the clip's size.")
    frequencyWidth = section.integer(
      "frequencyWidth", 2...4096, default: 256,
      "Values, an even number, of the sines and cosines that describe the time to the model.")
    pooledText = section.flag(
      "pooledText", default: false,
      "Whether the mean of the text tokens is added to the time embedding; this is not in Wan's layout."
    )
    absolutePositions = section.flag(
      "absolutePositions", default: false,
      "Whether a fixed code of its place in the clip is added to each token; helps small models, is not in Wan's layout."
    )
  }

  /// Whether attention can be split into so many heads: a head's positions turn in pairs along three axes, so
  /// it needs an even number of values and at least 6.
  static func allows(heads: Int, of width: Int) -> Bool {
    width % heads == 0 && width / heads % 2 == 0 && width / heads >= 6
  }
}
