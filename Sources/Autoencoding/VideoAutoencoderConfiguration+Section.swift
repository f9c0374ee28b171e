import Clips
import Fields
import Models

extension VideoAutoencoderConfiguration {
  /// Which published model an autoencoder is laid out as.
  enum Layout: String, CaseIterable {
    /// 4 × 8 × 8 pixels a latent.
    case wan21 = "wan2.1"
    /// 4 × 16 × 16: pixels are cut into patches of 2 × 2 first, and shortcuts without parameters lead past each level.
    case wan22 = "wan2.2"
  }

  /// Declares the sizes of a video autoencoder; `section` is `model`.
  init(_ section: Section) {
    let layout = section.choice(
      "layout", default: Layout.wan21,
      "Which published model the autoencoder is laid out as: Wan 2.1 (a latent stands for 4 × 8 × 8 pixels), or Wan 2.2 "
        + "(4 × 16 × 16: pixels are cut into patches first, and shortcuts lead past each level)."
    )
    let width = section.integer(
      "width", 8...1024, default: 96,
      "Channels of the first level; the others have multiples of it. Multiples of 16 are fastest.")
    let decoderWidth = section.integer(
      "decoderWidth", 8...1024, default: width, from: "model.width", "The same for the decoder.")
    let latentChannels = section.integer(
      "latentChannels", 1...256, default: layout == .wan21 ? 16 : 48,
      from: "16, or 48 in the layout of Wan 2.2", "Channels of a latent.")
    let multipliers = section.integers(
      "multipliers", 1...32, default: [1, 2, 4, 4],
      "What the width is multiplied by at each of the four levels, from fine to coarse.")
    let residualBlocks = section.integer(
      "residualBlocks", 1...8, default: 2,
      "Residual blocks of a level of the encoder; the decoder has one more.")
    let halvesTime = section.integers(
      "halvesTime", 0...1, default: [0, 1, 1],
      "Between which levels, beside height and width, the frame rate is halved (1) or not (0).")
    let names = JSON(.string((layout == .wan21 ? AutoencoderStart.haar : .random).rawValue))
    let name = section.value(
      "start", .choice(AutoencoderStart.allCases.map(\.rawValue)),
      .derived(names, from: "haar, or random in the layout of Wan 2.2"),
      "What the weights start with: so that the autoencoder begins as a Haar transform and its inverse (haar), which learns "
        + "many times faster, or at random."
    ).string
    let start = AutoencoderStart(rawValue: name) ?? .random
    self.init(
      width: width, decoderWidth: decoderWidth, latentChannels: latentChannels, multipliers: multipliers,
      residualBlocks: residualBlocks, halvesTime: halvesTime.map { $0 == 1 }, patch: layout == .wan21 ? 1 : 2,
      hasShortcuts: layout == .wan22, start: start)
    section.expect(
      multipliers.allSatisfy { width * $0 % 2 == 0 && decoderWidth * $0 % 2 == 0 }, of: "width",
      "multipliers",
      otherwise: "the channels of each level must be even, since the decoder halves them")
    section.expect(
      start == .random || allowsHaar, of: "start", "layout", "width", "multipliers",
      otherwise:
        "a Haar transform needs the layout of Wan 2.1, two coarsest levels of one width with at least 25 channels, "
        + "7 or more in the first level and, since the decoder halves them, 14 of model.decoderWidth in the others; take "
        + "\"random\", or other widths")
    section.expect(
      !hasShortcuts || allowsShortcuts, of: "multipliers", "width",
      otherwise:
        "for shortcuts to lead past a level, its coarse side's channels must divide its fine side's times 4, or times 8 "
        + "where model.halvesTime is 1, down the encoder and up the decoder; 1, 2, 4, 4 does")
  }

  /// Reports a clip that does not fit: frames that are not 4n + 1, sides that 8 does not divide.
  func check(_ section: Section, clips: ClipShape, at path: String) {
    let (time, side) = (timeFactor, pixelFactor)
    let fewer = (clips.frames - 1) / time * time + 1
    section.reader.expect(
      (clips.frames - 1) % time == 0, of: "\(path).frames", "model.halvesTime",
      otherwise:
        "\(clips.frames) frames are not \(time)n + 1: the first frame has a latent of its own, and each \(time) "
        + "further ones share one; \(fewer) or \(fewer + time) would fit")
    for (name, size) in [("height", clips.height), ("width", clips.width)] {
      let near = [size / side * side, (size / side + 1) * side].filter(ClipShape.sideRange.contains)
      section.reader.expect(
        size % side == 0, of: "\(path).\(name)", "model.layout",
        otherwise: "\(size) is no multiple of the \(side) pixels that a latent stands for; "
          + "\(near.map(String.init).joined(separator: " or ")) would fit")
    }
  }
}
