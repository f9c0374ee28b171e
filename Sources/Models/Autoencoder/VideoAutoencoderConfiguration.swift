import Foundation

/// Sizes of a video autoencoder, in Wan's layout.
public struct VideoAutoencoderConfiguration: Sendable, Equatable, Codable {
  /// Channels of the encoder's first level and of the decoder's last.
  public var width: Int
  /// The same for the decoder, where it differs.
  public var decoderWidth: Int
  /// Channels of a latent, z.
  public var latentChannels: Int
  /// What the width is multiplied by at each level, from fine to coarse; between levels height and width are halved.
  public var multipliers: [Int]
  /// Residual blocks of an encoder's level; the decoder has one more.
  public var residualBlocks: Int
  /// Between which levels the frame rate is halved too.
  public var halvesTime: [Bool]
  /// Height and width of the patches that pixels are cut into first.
  public var patch: Int
  /// Whether parameter-free shortcuts lead past each level (Wan 2.2).
  public var hasShortcuts: Bool
  /// What the weights start with.
  public var start: AutoencoderStart

  /// A configuration; by default as Wan 2.1's but for the width.
  public init(
    width: Int = 96, decoderWidth: Int? = nil, latentChannels: Int = 16, multipliers: [Int] = [1, 2, 4, 4],
    residualBlocks: Int = 2, halvesTime: [Bool] = [false, true, true], patch: Int = 1,
    hasShortcuts: Bool = false, start: AutoencoderStart = .random
  ) {
    precondition(halvesTime.count == multipliers.count - 1, "one answer for each step between levels")
    self.width = width
    self.decoderWidth = decoderWidth ?? width
    self.latentChannels = latentChannels
    self.multipliers = multipliers
    self.residualBlocks = residualBlocks
    self.halvesTime = halvesTime
    self.patch = patch
    self.hasShortcuts = hasShortcuts
    self.start = start
  }

  /// How many frames and pixels a latent stands for: 4 and 8 by default.
  public var timeFactor: Int { 1 << halvesTime.count { $0 } }
  /// In height and in width.
  public var pixelFactor: Int { patch << (multipliers.count - 1) }
  /// Channels of the patches: 3 p².
  public var pixelChannels: Int { 3 * patch * patch }
  /// Whether the sizes allow to begin as a Haar transform.
  public var allowsHaar: Bool { AutoencoderStarts.fits(self) }
  /// Whether shortcuts can lead past all levels of the encoder, and past those of the decoder that double the pixels: the
  /// coarse side's channels must divide the fine side's times the pixels, and frames, that go into one.
  public var allowsShortcuts: Bool {
    func fits(fine: Int, coarse: Int, _ halvesTime: Bool?) -> Bool {
      fine * (halvesTime.map { $0 ? 8 : 4 } ?? 1) % coarse == 0
    }
    let down = ([1] + multipliers).map { $0 * width }, up = multipliers.reversed().map { $0 * decoderWidth }
    let steps = halvesTime.map(Optional.some)
    return zip(multipliers.indices, steps + [nil]).allSatisfy { level, halvesTime in
      fits(fine: down[level], coarse: down[level + 1], halvesTime)
    }
      && zip(up.indices, steps.reversed()).allSatisfy { level, halvesTime in
        fits(fine: up[level], coarse: up[max(0, level - 1)], halvesTime)
      }
  }
  /// Latent frames of a clip: the first frame has one of its own.
  public func latentFrames(_ frames: Int) -> Int { (frames - 1) / timeFactor + 1 }
}

extension VideoAutoencoderConfiguration {
  /// All sizes as a line of JSON, for a checkpoint.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else { preconditionFailure("sizes are numbers and names") }
    return String(decoding: data, as: UTF8.self)
  }

  /// The sizes of such a line; nil for anything else, and for sizes that no model has.
  public init?(text: String) {
    guard let sizes = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
    let numbers =
      [sizes.width, sizes.decoderWidth, sizes.latentChannels, sizes.residualBlocks] + sizes.multipliers
    guard numbers.allSatisfy({ (1...4096).contains($0) }), [1, 2].contains(sizes.patch),
      (1...8).contains(sizes.multipliers.count), sizes.halvesTime.count == sizes.multipliers.count - 1,
      !sizes.hasShortcuts || sizes.allowsShortcuts, sizes.start == .random || sizes.allowsHaar,
      sizes.multipliers.allSatisfy({ $0 * sizes.decoderWidth % 2 == 0 })
    else { return nil }
    self = sizes
  }
}
