/// What a convolution's parameters start with: small random numbers, over which some outputs are written, so that the layer
/// begins by passing channels on, say.
public struct ConvolutionStart: Sendable, Equatable {
  /// One output: which inputs it begins as a sum of.
  public struct Output: Sendable, Equatable {
    /// A weight that is not zero: of an input channel at a tap.
    public struct Term: Sendable, Equatable {
      let channel: Int, frame: Int, line: Int, pixel: Int
      let value: Float

      /// - Parameters:
      ///   - frame: tap in time; −1 is the last.
      ///   - line: taps in height and width; −1 is the middle.
      public init(_ channel: Int, frame: Int = -1, line: Int = -1, pixel: Int = -1, _ value: Float) {
        self.channel = channel
        self.frame = frame
        self.line = line
        self.pixel = pixel
        self.value = value
      }

      /// The same with the other sign.
      public var negated: Term { Term(channel, frame: frame, line: line, pixel: pixel, -value) }
    }

    let terms: [Term]
    let bias: Float

    /// A sum of terms.
    public init(_ terms: [Term], bias: Float = 0) {
      self.terms = terms
      self.bias = bias
    }
  }

  /// What the usual bound of random weights, 1/√(C·taps), is multiplied by.
  let noise: Float
  /// The bias of outputs that are not written: random as the weights (nil), or this.
  let bias: Float?
  /// Outputs by their number.
  let outputs: [Int: Output]

  /// - Parameters:
  ///   - noise: what the usual bound of random weights is multiplied by.
  ///   - bias: that of outputs that are not written.
  ///   - outputs: those that are, by their number.
  public init(noise: Float, bias: Float = 0, _ outputs: [Int: Output] = [:]) {
    self.init(noise: noise, anyBias: bias, outputs)
  }

  private init(noise: Float, anyBias: Float?, _ outputs: [Int: Output] = [:]) {
    self.noise = noise
    bias = anyBias
    self.outputs = outputs
  }

  /// Weight and bias uniform in ±1/√(C·taps), as PyTorch's.
  public static let usual = ConvolutionStart(noise: 1, anyBias: nil)
  /// Weight zero, bias as usual.
  public static let zeroWeight = ConvolutionStart(noise: 0, anyBias: nil)

  func weight(_ window: ConvolutionWindow, bound: Float) -> InitialValue {
    guard !outputs.isEmpty || noise == 0 else { return .uniform(noise * bound) }
    let rows = outputs.mapValues { output in
      Dictionary(output.terms.map { (window.place(of: $0), $0.value) }) { $0 + $1 }
    }
    return .rows(around: 0, bound: noise * bound, rows)
  }

  func bias(bound: Float) -> InitialValue {
    guard let bias else { return .uniform(bound) }
    return .rows(around: bias, bound: 0, outputs.mapValues { [0: $0.bias] })
  }
}

extension ConvolutionWindow {
  /// Where a term stands in its output's weights [C, kt, kh, kw].
  fileprivate func place(of term: ConvolutionStart.Output.Term) -> Int {
    let frame = term.frame < 0 ? frames.kernel - 1 : term.frame
    let line = term.line < 0 ? height.kernel / 2 : term.line
    let pixel = term.pixel < 0 ? width.kernel / 2 : term.pixel
    return ((term.channel * frames.kernel + frame) * height.kernel + line) * width.kernel + pixel
  }
}
