import Layers
import Tensors

/// Pixels to the mean and the log variance of latents.
///
/// Pixels [B, F, H, W, C] with channels side by side, to moments [B, f, h, w, 2z].
struct AutoencoderEncoder {
  private let first: Convolution
  private let levels: [EncoderLevel]
  private let middle: AutoencoderMiddle
  private let norm: NormSiLU
  private let last: Convolution

  init(_ scope: Scope, _ configuration: VideoAutoencoderConfiguration) {
    let (c, starts) = (configuration, AutoencoderStarts(configuration))
    let widths = [c.width] + c.multipliers.map { $0 * c.width }
    let flat = scope("down_blocks")
    var place = 0
    // Wan 2.1 counts blocks and changes of resolution in one list, Wan 2.2 by levels.
    func nextPlace() -> Scope {
      defer { place += 1 }
      return flat(place)
    }
    first = Convolution(scope("conv_in"), c.pixelChannels, c.width, .causal, start: starts.encoderFirst)
    levels = c.multipliers.indices.map { level in
      let isLast = level == c.multipliers.count - 1
      let blocks = (0..<c.residualBlocks).map {
        c.hasShortcuts ? flat(level)("resnets")($0) : nextPlace()
      }
      let sampler = isLast ? nil : c.hasShortcuts ? flat(level)("downsampler") : nextPlace()
      return EncoderLevel(
        blocks, sampler: sampler, widths[level], widths[level + 1],
        halvesTime: !isLast && c.halvesTime[level], hasShortcut: c.hasShortcuts,
        isCoarsestStep: level == c.multipliers.count - 2, starts)
    }
    middle = AutoencoderMiddle(scope("mid_block"), channels: widths.last!, starts)
    norm = NormSiLU(scope("norm_out"), channels: widths.last!)
    last = Convolution(
      scope("conv_out"), widths.last!, 2 * c.latentChannels, .causal,
      start: starts.encoderLast(channels: widths.last!))
  }

  struct Saved {
    let first: Convolution.Saved
    let levels: [EncoderLevel.Saved]
    let middle: AutoencoderMiddle.Saved
    let norm: NormSiLU.Saved
  }

  func forward(_ pixels: Tensor) -> (output: Tensor, saved: Saved) {
    var (x, firstSaved) = first.forward(pixels)
    var levelsSaved: [EncoderLevel.Saved] = []
    for level in levels {
      let (output, saved) = level.forward(x)
      x = output
      levelsSaved.append(saved)
    }
    let (mixed, middleSaved) = middle.forward(x)
    let (normed, normSaved) = norm.forward(mixed)
    return (
      last.forward(normed).output,
      Saved(first: firstSaved, levels: levelsSaved, middle: middleSaved, norm: normSaved)
    )
  }

  /// Down to the parameters of the first convolution; nobody reads the gradient of pixels, unless it is asked for.
  func backward(_ outputGradient: Tensor, _ saved: Saved, wantsInputGradient: Bool = false) -> Tensor? {
    let normed = norm.output(of: saved.norm)
    var gradient = norm.backward(last.backward(outputGradient, .init(input: normed)), saved.norm)
    gradient = middle.backward(gradient, saved.middle)
    for (level, saved) in zip(levels, saved.levels).reversed() { gradient = level.backward(gradient, saved) }
    if wantsInputGradient { return first.backward(gradient, saved.first) }
    first.addParameterGradients(gradient, input: saved.first.input)
    return nil
  }

  func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    let x = levels.reduce(first.next(part, in: stream)) { $1.next($0, in: stream) }
    return last.next(norm.forward(middle.next(x, in: stream)).output, in: stream)
  }
}
