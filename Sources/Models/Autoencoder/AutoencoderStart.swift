import Layers

/// What an autoencoder's weights start with.
public enum AutoencoderStart: String, Sendable, CaseIterable, Codable {
  /// All random, as PyTorch's: published trainings take very many steps from there.
  case random
  /// So that it begins as a Haar transform and its inverse, with small random numbers around it.
  ///
  /// Encoder: colours x are averaged over 2 × 2 pixels (and pairs of frames), the coarsest step keeps the four Haar parts of
  /// each 2 × 2, and these become the first latents. Decoder: the inverse. Norms and units in between are passed unharmed in
  /// pairs: beside a constant channel that is large, a norm is nearly a fixed factor, and silu(n) − silu(−n) = n, so each
  /// number is carried as x and as −x.
  case haar
}

/// The convolutions' starts of an autoencoder, by their place in it.
struct AutoencoderStarts {
  typealias Output = ConvolutionStart.Output
  typealias Term = ConvolutionStart.Output.Term

  private let isHaar: Bool
  private let configuration: VideoAutoencoderConfiguration

  /// x, −x and the constant of a fine level: three colours each.
  private static let fine = 7
  /// The same of the coarsest: four parts of three colours.
  private static let parts = 12
  /// The constant channel's number, and how large it is.
  private static let constant: Float = 4
  /// What the random part of channels beside the pass is multiplied by; and of the first and last convolution.
  private static let small: Float = 0.1, medium: Float = 0.3
  /// How latents are scaled up over the clip's own scale.
  private static let gain: Float = 1.1

  init(_ configuration: VideoAutoencoderConfiguration) {
    self.configuration = configuration
    isHaar = configuration.start == .haar
  }

  /// The widths that a Haar start needs: the fewest channels of the first level, and two coarsest levels of one width.
  static func fits(_ c: VideoAutoencoderConfiguration) -> Bool {
    let coarse = c.multipliers.suffix(2)
    return !c.hasShortcuts && c.patch == 1
      && min(c.width, c.decoderWidth) * (c.multipliers.min() ?? 0) >= fine
      // The decoder halves the channels on the way to the next finer level.
      && c.multipliers.dropFirst().allSatisfy { c.decoderWidth * $0 / 2 >= fine }
      && c.multipliers.count > 1 && coarse.first == coarse.last
      && min(c.width, c.decoderWidth) * coarse.last! >= 2 * parts + 1
  }

  private func start(_ noise: Float, _ outputs: @autoclosure () -> [Int: Output]) -> ConvolutionStart {
    isHaar ? ConvolutionStart(noise: noise, outputs()) : .usual
  }

  /// Outputs that begin as the input of their number.
  private func same(_ count: Int) -> [Int: Output] {
    Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, Output([Term($0, 1)])) })
  }

  // MARK: Inside of levels

  /// The last convolution of a residual block.
  var residual: ConvolutionStart { start(Self.small, [:]) }
  /// Past a residual block that changes the width.
  var shortcut: ConvolutionStart { start(Self.small, same(Self.fine)) }

  // MARK: Encoder

  /// Colours to x, −x and the constant.
  var encoderFirst: ConvolutionStart {
    var outputs: [Int: Output] = [:]
    if isHaar {
      for c in 0..<3 {
        outputs[c] = Output([Term(c, 1)])
        outputs[c + 3] = Output([Term(c, -1)])
      }
      outputs[6] = Output([], bias: Self.constant)
    }
    return start(1, outputs)
  }

  /// Half the pixels: averages, or at the coarsest step all parts.
  func halvedPixels(isCoarsest: Bool) -> ConvolutionStart {
    func sum(_ channel: Int, _ signs: [Float]) -> [Term] {
      signs.enumerated().map { Term(channel, line: $0 / 2, pixel: $0 % 2, $1 / 4) }
    }
    var outputs: [Int: Output] = [:]
    if isHaar && !isCoarsest {
      for c in 0..<Self.fine { outputs[c] = Output(sum(c, [1, 1, 1, 1])) }
    } else if isHaar {
      let signs: [[Float]] = [[1, 1, 1, 1], [-1, 1, -1, 1], [-1, -1, 1, 1], [1, -1, -1, 1]]
      for (part, signs) in signs.enumerated() {
        for c in 0..<3 {
          outputs[3 * part + c] = Output(sum(c, signs))
          outputs[Self.parts + 3 * part + c] = Output(sum(c, signs.map { -$0 }))
        }
      }
      outputs[2 * Self.parts] = Output(sum(6, [1, 1, 1, 1]))
    }
    return start(Self.small, outputs)
  }

  /// Half the frames: the mean of the two latest of the three.
  func halvedTime(isCoarsest: Bool) -> ConvolutionStart {
    let channels = isCoarsest ? 2 * Self.parts + 1 : Self.fine
    return start(
      Self.small,
      Dictionary(
        uniqueKeysWithValues: (0..<channels).map {
          ($0, Output([Term($0, frame: 1, 0.5), Term($0, frame: 2, 0.5)]))
        }))
  }

  /// x and −x to moments, behind a norm of so many channels.
  func encoderLast(channels: Int) -> ConvolutionStart {
    start(Self.medium, pairs(min(Self.parts, configuration.latentChannels), apart: Self.parts, channels))
  }

  /// The difference of x's and −x's unit is x · √channels / constant, which the weights undo.
  private func pairs(_ count: Int, apart: Int, _ channels: Int) -> [Int: Output] {
    let weight = Self.gain * Self.constant / Float(channels).squareRoot()
    return Dictionary(
      uniqueKeysWithValues: (0..<count).map {
        ($0, Output([Term($0, weight), Term($0 + apart, -weight)]))
      })
  }

  /// Moments: means pass, and latents begin with little noise.
  var quantize: ConvolutionStart {
    guard isHaar else { return .usual }
    let z = configuration.latentChannels
    var outputs = same(min(Self.parts, z))
    for extra in outputs.count..<z { outputs[extra] = Output([Term(extra, 1)]) }
    return ConvolutionStart(noise: Self.small, bias: -6, outputs)
  }

  // MARK: Decoder

  /// Latents as they are.
  var dequantize: ConvolutionStart { start(Self.medium, same(min(Self.parts, configuration.latentChannels))) }

  /// Latents and the constant.
  var decoderFirst: ConvolutionStart {
    var outputs = same(min(Self.parts, configuration.latentChannels))
    outputs[2 * Self.parts] = Output([], bias: Self.constant)
    return start(Self.medium, outputs)
  }

  /// Twice the frames: each as it is, twice.
  func doubledTime(channels: Int, isCoarsest: Bool) -> ConvolutionStart {
    let passed = isCoarsest ? 2 * Self.parts + 1 : Self.fine
    var outputs = same(passed)
    for c in 0..<passed { outputs[channels + c] = Output([Term(c, 1)]) }
    return start(Self.small, outputs)
  }

  /// Twice the pixels, behind their repetition: as they are, or from the coarsest level's parts.
  ///
  /// Among repeated pixels, the difference of both neighbours is that to the next coarse pixel, with the sign of the half:
  /// half of it stands for the part that the repetition lacks.
  func doubledPixels(isCoarsest: Bool) -> ConvolutionStart {
    guard isHaar, isCoarsest else { return start(Self.small, same(Self.fine)) }
    let slope: [Float] = [0.5, 0, -0.5]
    let parts = min(Self.parts, configuration.latentChannels)
    var outputs: [Int: Output] = [6: Output([Term(2 * Self.parts, 1)])]
    for c in 0..<3 {
      var terms = [Term(c, 1)]
      for tap in 0..<3 {
        if 3 + c < parts { terms.append(Term(3 + c, line: 1, pixel: tap, slope[tap])) }
        if 6 + c < parts { terms.append(Term(6 + c, line: tap, pixel: 1, slope[tap])) }
        for other in 0..<3 where 9 + c < parts {
          terms.append(Term(9 + c, line: tap, pixel: other, slope[tap] * slope[other]))
        }
      }
      outputs[c] = Output(terms)
      outputs[c + 3] = Output(terms.map { $0.negated })
    }
    return start(Self.small, outputs)
  }

  /// x and −x to colours, behind a norm of so many channels.
  func decoderLast(channels: Int) -> ConvolutionStart { start(Self.small, pairs(3, apart: 3, channels)) }
}
