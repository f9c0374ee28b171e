import Layers
import Tensors

/// Latents [B, f, h, w, z] to pixels [B, F, H, W, C], channels side by side.
struct AutoencoderDecoder {
  private let first: Convolution
  private let middle: AutoencoderMiddle
  private let levels: [DecoderLevel]
  private let norm: NormSiLU
  private let last: Convolution

  init(_ scope: Scope, _ configuration: VideoAutoencoderConfiguration) {
    let (c, starts) = (configuration, AutoencoderStarts(configuration))
    let widths = c.multipliers.reversed().map { $0 * c.decoderWidth }
    first = Convolution(scope("conv_in"), c.latentChannels, widths[0], .causal, start: starts.decoderFirst)
    middle = AutoencoderMiddle(scope("mid_block"), channels: widths[0], starts)
    levels = widths.indices.map { level in
      let (place, isLast) = (scope("up_blocks")(level), level == widths.count - 1)
      // In Wan 2.1 the convolution behind the repeated pixels halves the channels; in Wan 2.2 it keeps them.
      let inputs = level == 0 ? widths[0] : c.hasShortcuts ? widths[level - 1] : widths[level - 1] / 2
      return DecoderLevel(
        (0...c.residualBlocks).map { place("resnets")($0) },
        sampler: isLast ? nil : c.hasShortcuts ? place("upsampler") : place("upsamplers")(0), inputs,
        widths[level], next: c.hasShortcuts ? widths[level] : widths[level] / 2,
        doublesTime: !isLast && c.halvesTime.reversed()[level], hasShortcut: c.hasShortcuts,
        isCoarsest: level == 0, starts)
    }
    norm = NormSiLU(scope("norm_out"), channels: widths.last!)
    last = Convolution(
      scope("conv_out"), widths.last!, c.pixelChannels, .causal,
      start: starts.decoderLast(channels: widths.last!))
  }

  struct Saved {
    let first: Convolution.Saved
    let middle: AutoencoderMiddle.Saved
    let levels: [DecoderLevel.Saved]
    let norm: NormSiLU.Saved
  }

  func forward(_ latents: Tensor) -> (output: Tensor, saved: Saved) {
    let (entered, firstSaved) = first.forward(latents)
    var (x, middleSaved) = middle.forward(entered)
    var levelsSaved: [DecoderLevel.Saved] = []
    for level in levels {
      let (output, saved) = level.forward(x)
      x = output
      levelsSaved.append(saved)
    }
    let (normed, normSaved) = norm.forward(x)
    return (
      last.forward(normed).output,
      Saved(first: firstSaved, middle: middleSaved, levels: levelsSaved, norm: normSaved)
    )
  }

  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let normed = norm.output(of: saved.norm)
    var gradient = norm.backward(last.backward(outputGradient, .init(input: normed)), saved.norm)
    for (level, saved) in zip(levels, saved.levels).reversed() { gradient = level.backward(gradient, saved) }
    return first.backward(middle.backward(gradient, saved.middle), saved.first)
  }

  func next(_ part: Tensor, isFirst: Bool, in stream: FrameStream) -> Tensor {
    var x = middle.next(first.next(part, in: stream), in: stream)
    for level in levels { x = level.next(x, isFirst: isFirst, in: stream) }
    return last.next(norm.forward(x).output, in: stream)
  }
}
