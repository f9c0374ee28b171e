import Tensors

/// A convolution over clips whose channels lie side by side.
///
///     y[t, y, x, o] = b[o] + Σ W[o, c, τ, η, ξ] · x[t·st − bt + τ, y·sy − by + η, x·sx − bx + ξ, c]
///
/// over channels c and the taps (τ, η, ξ) of the kernel; what lies outside the clip is zero. x [B, F, H, W, C],
/// W [out, C, kt, kh, kw], b [out], y [B, F′, H′, W′, out]. Saves its input.
///
/// Each pass is a matrix product of rows that hold what the kernel reads (`TapGather`), gathered tile by tile.
public struct Convolution: Layer {
  /// W [out, C, kt, kh, kw], or with fewer axes of the kernel where published weights have fewer.
  public let weight: Parameter
  /// b [out].
  public let bias: Parameter
  /// C and out.
  public let inputs: Int, outputs: Int
  /// How the kernel moves.
  public let window: ConvolutionWindow
  /// The precision of the factors of its products: of bfloat16 where the policy asks for it and numbers of channels are
  /// even, as in all but the layers that read or make pixels.
  public let precision: Precision

  /// Registers `weight` and `bias` in the scope.
  ///
  /// - Parameters:
  ///   - kernelAxes: axes of the kernel in the weight's shape: 3, or 2 (height and width) for layers that other
  ///     frameworks apply to pictures.
  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, _ window: ConvolutionWindow, kernelAxes: Int = 3,
    start: ConvolutionStart = .usual
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.window = window
    precision = inputs % 2 == 0 && outputs % 2 == 0 ? scope.computePrecision : .float32
    let kernel = [window.frames.kernel, window.height.kernel, window.width.kernel].suffix(kernelAxes)
    precondition(kernel.reduce(1, *) == window.taps, "a kernel over frames has three axes")
    let bound = deviation(inputs * window.taps)
    weight = scope.parameter("weight", [outputs, inputs] + kernel, start.weight(window, bound: bound))
    bias = scope.parameter("bias", [outputs], start.bias(bound: bound))
  }

  /// What backward reads.
  public struct Saved {
    package let input: Tensor
    /// Of an input that was made again.
    public init(input: Tensor) { self.input = input }
  }

  /// x [B, F, H, W, C] to y [B, F′, H′, W′, out].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    (forward(input, after: nil), Saved(input: input))
  }

  /// The same where frames came before: `history` [B, n, H, W, C] stands in the place of the n zero frames in front.
  func forward(_ input: Tensor, after history: Tensor?) -> Tensor {
    precondition(
      input.shape.count == 5 && input.columns == inputs,
      "a convolution over \(inputs) channels cannot read \(input.shape)")
    let grid = window.outputs(of: TokenGrid(input))
    let output = Tensor([input.shape[0], grid.frames, grid.height, grid.width, outputs])
    ConvolutionProducts(taps(of: input, after: history, grid), outputs: outputs, precision)
      .multiply(transposed: forwardMatrix().converted(to: precision), plus: bias.value, into: output)
    return output
  }

  /// dW += Σ dy x,  db += Σ dy,  and dx.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let factor = begin(outputGradient)
    addWeightGradient(factor, input: saved.input)
    return inputGradient(of: factor, shape: saved.input.shape)
  }

  /// Backward for the parameters alone; `input` is what forward was given.
  public func addParameterGradients(_ outputGradient: Tensor, input: Tensor) {
    guard weight.gradient != nil else { return addColumnSums(of: outputGradient, to: bias.gradient) }
    addWeightGradient(begin(outputGradient), input: input)
  }

  /// Begins backward: db += Σ dy, in the pass that makes a factor of dy.
  private func begin(_ outputGradient: Tensor) -> Tensor {
    convertedAddingColumnSums(of: outputGradient, to: bias.gradient, precision)
  }

  /// dW += Σ dy x, of dy as a factor.
  private func addWeightGradient(_ factor: Tensor, input: Tensor) {
    guard let gradient = weight.gradient else { return }
    let sums = Tensor.zeros([outputs, window.taps * inputs])
    ConvolutionProducts(taps(of: input, after: nil, TokenGrid(factor)), outputs: outputs, precision)
      .addProducts(of: factor, to: sums)
    // From (out, taps, C) to the weight's (out, C, taps).
    let taps = window.taps
    parallel(over: outputs, tile: 1) { range in
      for o in range {
        let (sum, target) = (sums.row(o), gradient.pointer + o * inputs * taps)
        for c in 0..<inputs { for tap in 0..<taps { target[c * taps + tap] += sum[tap * inputs + c] } }
      }
    }
  }

  /// Backward for the input alone, of this shape.
  public func inputGradient(_ outputGradient: Tensor, shape: [Int]) -> Tensor {
    inputGradient(of: outputGradient.converted(to: precision), shape: shape)
  }

  private func inputGradient(of factor: Tensor, shape: [Int]) -> Tensor {
    let gradient = Tensor(shape)
    let places = TokenGrid(gradient)
    let (weight, source) = (weight.value, gathered(factor))
    for t in TapClass.backward(window.frames) {
      for y in TapClass.backward(window.height) {
        for x in TapClass.backward(window.width) {
          let grid = TokenGrid(
            frames: t.count(places.frames), height: y.count(places.height), width: x.count(places.width))
          let gather = TapGather(source, grid: grid, t, y, x)
          let isAll = grid == places
          ConvolutionProducts(gather, outputs: inputs, precision).multiply(
            transposed: backwardMatrix(weight, t.taps, y.taps, x.taps).converted(to: precision),
            into: gradient,
            at: isAll
              ? nil
              : { row in
                let (clip, frame) = (row / grid.tokens, row % grid.tokens / (grid.height * grid.width))
                let (line, pixel) = (row / grid.width % grid.height, row % grid.width)
                let first = clip * places.frames + frame * t.spacing + t.residue
                return (first * places.height + line * y.spacing + y.residue) * places.width
                  + pixel * x.spacing + x.residue
              })
        }
      }
    }
    return gradient
  }

  private func taps(of input: Tensor, after history: Tensor?, _ grid: TokenGrid) -> TapGather {
    TapGather(
      gathered(input), history: history.map(gathered), grid: grid, .forward(window.frames),
      .forward(window.height),
      .forward(window.width))
  }

  /// What rows are gathered from: floats, or pairs of bfloat16 in their place.
  private func gathered(_ x: Tensor) -> Tensor {
    precision == .float32 ? x : x.converted(to: precision).pairs
  }

  /// W with a row for each output: [out, taps, C].
  private func forwardMatrix() -> Tensor {
    let (weight, taps) = (weight.value, window.taps)
    let matrix = Tensor([outputs, taps * inputs])
    parallel(over: outputs, tile: 1) { range in
      for o in range {
        let (source, target) = (weight.pointer + o * inputs * taps, matrix.row(o))
        for c in 0..<inputs { for tap in 0..<taps { target[tap * inputs + c] = source[c * taps + tap] } }
      }
    }
    return matrix
  }

  /// W with a row for each input, of some taps: [C, taps, out].
  private func backwardMatrix(_ weight: Tensor, _ t: [Int], _ y: [Int], _ x: [Int]) -> Tensor {
    let (lines, pixels, taps) = (window.height.kernel, window.width.kernel, window.taps)
    let chosen = t.flatMap { t in y.flatMap { y in x.map { x in (t * lines + y) * pixels + x } } }
    let matrix = Tensor([inputs, chosen.count * outputs])
    let (weights, inputs, outputs) = (weight.pointer, inputs, outputs)
    parallel(over: inputs, tile: 1) { range in
      for c in range {
        let target = matrix.row(c)
        for (i, tap) in chosen.enumerated() {
          for o in 0..<outputs { target[i * outputs + o] = weights[(o * inputs + c) * taps + tap] }
        }
      }
    }
    return matrix
  }
}

extension TokenGrid {
  /// The grid of pixels of clips [B, F, H, W, C].
  init(_ clips: Tensor) {
    self.init(frames: clips.shape[1], height: clips.shape[2], width: clips.shape[3])
  }
}
