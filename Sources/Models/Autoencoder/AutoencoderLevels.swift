import Layers
import Tensors

/// One level of the encoder: residual blocks, and, but for the coarsest, half the height and width, and perhaps half the
/// frame rate.
struct EncoderLevel {
  private let blocks: [CausalResidualBlock]
  private let halvePixels: Convolution?
  private let halveTime: TemporalDownsampling?
  private let shortcut: AveragedShortcut?

  /// - Parameters:
  ///   - blockScopes: where the residual blocks are registered.
  ///   - sampler: where the change of resolution is; nil for the coarsest level.
  ///   - isCoarsestStep: whether that change leads to the coarsest level.
  init(
    _ blockScopes: [Scope], sampler: Scope?, _ inputs: Int, _ outputs: Int, halvesTime: Bool,
    hasShortcut: Bool, isCoarsestStep: Bool, _ starts: AutoencoderStarts
  ) {
    blocks = blockScopes.enumerated().map {
      CausalResidualBlock($1, $0 == 0 ? inputs : outputs, outputs, starts)
    }
    halvePixels = sampler.map {
      Convolution(
        $0("resample")(1), outputs, outputs, .halvedPicture, kernelAxes: 2,
        start: starts.halvedPixels(isCoarsest: isCoarsestStep))
    }
    halveTime =
      halvesTime
      ? sampler.map {
        TemporalDownsampling(
          $0("time_conv"), channels: outputs, start: starts.halvedTime(isCoarsest: isCoarsestStep))
      } : nil
    shortcut =
      hasShortcut
      ? AveragedShortcut(
        fine: inputs, coarse: outputs, timeFactor: halveTime == nil ? 1 : 2,
        pixelFactor: sampler == nil ? 1 : 2) : nil
  }

  struct Saved {
    let frames: Int
    let blocks: [CausalResidualBlock.Saved]
    let halvePixels: Convolution.Saved?
    let halveTime: TemporalDownsampling.Saved?
  }

  func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    var (x, blocksSaved) = (input, [CausalResidualBlock.Saved]())
    for block in blocks {
      let (output, saved) = block.forward(x)
      (x, blocksSaved) = (output, blocksSaved + [saved])
    }
    let pixels = halvePixels?.forward(x)
    x = pixels?.output ?? x
    let time = halveTime?.forward(x)
    x = time?.output ?? x
    if let shortcut { x = x + shortcut.down(input) }
    return (
      x,
      Saved(frames: input.shape[1], blocks: blocksSaved, halvePixels: pixels?.saved, halveTime: time?.saved)
    )
  }

  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    var gradient = outputGradient
    if let halveTime, let saved = saved.halveTime { gradient = halveTime.backward(gradient, saved) }
    if let halvePixels, let saved = saved.halvePixels { gradient = halvePixels.backward(gradient, saved) }
    for (block, saved) in zip(blocks, saved.blocks).reversed() { gradient = block.backward(gradient, saved) }
    if let shortcut { gradient.add(shortcut.downBackward(outputGradient, frames: saved.frames)) }
    return gradient
  }

  func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    var x = blocks.reduce(part) { $1.next($0, in: stream) }
    x = halvePixels?.forward(x).output ?? x
    x = halveTime?.next(x, in: stream) ?? x
    if let shortcut { x = x + shortcut.down(part) }
    return x
  }
}

/// One level of the decoder: residual blocks, and, but for the finest, twice the height and width, and perhaps twice the
/// frame rate.
struct DecoderLevel {
  private let blocks: [CausalResidualBlock]
  private let doubleTime: TemporalUpsampling?
  private let doublePixels: SpatialUpsampling?
  private let shortcut: AveragedShortcut?

  /// - Parameters:
  ///   - sampler: where the change of resolution is registered; nil for the finest level.
  ///   - next: channels that the next level reads.
  init(
    _ blockScopes: [Scope], sampler: Scope?, _ inputs: Int, _ outputs: Int, next: Int, doublesTime: Bool,
    hasShortcut: Bool, isCoarsest: Bool, _ starts: AutoencoderStarts
  ) {
    blocks = blockScopes.enumerated().map {
      CausalResidualBlock($1, $0 == 0 ? inputs : outputs, outputs, starts)
    }
    doublePixels = sampler.map {
      SpatialUpsampling(
        $0("resample")(1), outputs, next, start: starts.doubledPixels(isCoarsest: isCoarsest))
    }
    doubleTime =
      doublesTime
      ? sampler.map {
        TemporalUpsampling(
          $0("time_conv"), channels: outputs,
          start: starts.doubledTime(channels: outputs, isCoarsest: isCoarsest))
      } : nil
    shortcut =
      hasShortcut && sampler != nil
      ? AveragedShortcut(
        fine: outputs, coarse: inputs, timeFactor: doubleTime == nil ? 1 : 2, pixelFactor: 2) : nil
  }

  struct Saved {
    let blocks: [CausalResidualBlock.Saved]
    let doubleTime: TemporalUpsampling.Saved?
    let doublePixels: SpatialUpsampling.Saved?
  }

  func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    var (x, blocksSaved) = (input, [CausalResidualBlock.Saved]())
    for block in blocks {
      let (output, saved) = block.forward(x)
      (x, blocksSaved) = (output, blocksSaved + [saved])
    }
    let time = doubleTime?.forward(x)
    x = time?.output ?? x
    let pixels = doublePixels?.forward(x)
    x = pixels?.output ?? x
    if let shortcut { x = x + shortcut.up(input) }
    return (x, Saved(blocks: blocksSaved, doubleTime: time?.saved, doublePixels: pixels?.saved))
  }

  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    var gradient = outputGradient
    if let doublePixels, let saved = saved.doublePixels {
      gradient = doublePixels.backward(gradient, saved)
    }
    if let doubleTime, let saved = saved.doubleTime { gradient = doubleTime.backward(gradient, saved) }
    for (block, saved) in zip(blocks, saved.blocks).reversed() { gradient = block.backward(gradient, saved) }
    if let shortcut { gradient.add(shortcut.upBackward(outputGradient)) }
    return gradient
  }

  /// - Parameter isFirst: whether the part is the clip's first, whose first frame has no frame before it.
  func next(_ part: Tensor, isFirst: Bool, in stream: FrameStream) -> Tensor {
    var x = blocks.reduce(part) { $1.next($0, in: stream) }
    x = doubleTime?.next(x, in: stream) ?? x
    x = doublePixels?.forward(x).output ?? x
    if let shortcut {
      x = x + shortcut.up(part, frames: isFirst ? nil : shortcut.timeFactor * part.shape[1])
    }
    return x
  }
}
