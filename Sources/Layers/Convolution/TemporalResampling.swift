import Tensors

/// Halves the frame rate of a clip of 2n + 1 frames: the first frame stays as it is, and each further one is made of three.
///
///     y₀ = x₀,   y_j = conv(x₂ⱼ₋₂, x₂ⱼ₋₁, x₂ⱼ)        x [B, 2n + 1, H, W, C], y [B, n + 1, H, W, C]
///
/// A picture (n = 0) passes through.
public struct TemporalDownsampling: Layer {
  /// The three frames' weights.
  public let convolution: Convolution

  /// Registers the convolution's parameters in the scope.
  public init(_ scope: Scope, channels: Int, start: ConvolutionStart = .usual) {
    convolution = Convolution(scope, channels, channels, .halvedTime, start: start)
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
  }

  /// x to y.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    precondition(input.shape[1] % 2 == 1, "frames are 2n + 1, not \(input.shape[1])")
    guard input.shape[1] > 1 else { return (input, Saved(input: input)) }
    let rest = convolution.forward(input, after: nil)
    return (input.frames(0..<1).followed(by: rest), Saved(input: input))
  }

  /// dx, where the first frame's is what reached it by both ways.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let frames = outputGradient.shape[1]
    guard frames > 1 else { return outputGradient }
    let rest = outputGradient.frames(1..<frames)
    convolution.addParameterGradients(rest, input: saved.input)
    let gradient = convolution.inputGradient(rest, shape: saved.input.shape)
    let first = gradient.frames(0..<1)
    first.add(outputGradient.frames(0..<1))
    gradient.setFrames(from: 0, to: first)
    return gradient
  }

  /// The next part of a stream: the first has 2n + 1 frames, the others an even number.
  public func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    defer { stream.keep(1, of: part, for: convolution.weight) }
    guard let last = stream.frames(of: convolution.weight) else { return forward(part).output }
    return convolution.forward(last.followed(by: part), after: nil)
  }
}

/// Doubles the frame rate: the first frame stays as it is, and each further one becomes two.
///
///     y₀ = x₀,   (y₂ⱼ₋₁ ‖ y₂ⱼ) = conv(xⱼ₋₂, xⱼ₋₁, xⱼ), the first frame and what was before taken as zero
///
/// x [B, n + 1, H, W, C], y [B, 2n + 1, H, W, C].
public struct TemporalUpsampling: Layer {
  /// C to 2C: the channels of two frames.
  public let convolution: Convolution

  /// Registers the convolution's parameters in the scope.
  public init(_ scope: Scope, channels: Int, start: ConvolutionStart = .usual) {
    convolution = Convolution(scope, channels, 2 * channels, .time, start: start)
  }

  /// What backward reads: all frames but the first, if there are any.
  public struct Saved {
    let rest: Tensor?
  }

  /// x to y.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    guard input.shape[1] > 1 else { return (input, Saved(rest: nil)) }
    let rest = input.frames(1..<input.shape[1])
    let pairs = convolution.forward(rest, after: nil)
    return (input.frames(0..<1).followed(by: paired(pairs)), Saved(rest: rest))
  }

  /// dx.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    guard let rest = saved.rest else { return outputGradient }
    let pairs = unpaired(outputGradient.frames(1..<outputGradient.shape[1]))
    convolution.addParameterGradients(pairs, input: rest)
    let gradient = convolution.inputGradient(pairs, shape: rest.shape)
    return outputGradient.frames(0..<1).followed(by: gradient)
  }

  /// The next part of a stream.
  public func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    guard let seen = stream.frames(of: convolution.weight) else {
      // The first frame counts as zero for those that come.
      let rest = part.frames(1..<part.shape[1])
      stream.keep(
        2, of: Tensor.zeros([part.shape[0], 2] + part.shape[2...]).followed(by: rest), for: convolution.weight
      )
      return forward(part).output
    }
    let output = paired(convolution.forward(part, after: seen))
    stream.keep(2, of: part, for: convolution.weight)
    return output
  }

  /// [B, n, H, W, 2C] to [B, 2n, H, W, C].
  private func paired(_ pairs: Tensor) -> Tensor {
    let s = pairs.shape
    let frames = Tensor([s[0], 2 * s[1], s[2], s[3], s[4] / 2])
    eachHalf(of: pairs) { half, pair in
      (frames.pointer + half).update(from: pairs.pointer + pair, count: s[4] / 2)
    }
    return frames
  }

  /// And back.
  private func unpaired(_ frames: Tensor) -> Tensor {
    let s = frames.shape
    let pairs = Tensor([s[0], s[1] / 2, s[2], s[3], 2 * s[4]])
    eachHalf(of: pairs) { half, pair in
      (pairs.pointer + pair).update(from: frames.pointer + half, count: s[4])
    }
    return pairs
  }

  /// Calls `body` with the place of each half of a pixel's channels among the doubled frames, and among the pairs.
  private func eachHalf(of pairs: Tensor, _ body: (_ half: Int, _ pair: Int) -> Void) {
    let (pixels, channels) = (pairs.shape[2] * pairs.shape[3], pairs.shape[4] / 2)
    parallel(over: 2 * pairs.shape[0] * pairs.shape[1], tile: 1) { range in
      for frame in range {
        for pixel in 0..<pixels {
          body(
            (frame * pixels + pixel) * channels,
            ((frame / 2 * pixels + pixel) * 2 + frame % 2) * channels)
        }
      }
    }
  }
}
