import Tensors

/// Multiplies each row by a matrix and adds a bias.
///
///     y = x Wᵀ + b        x [R, in], W [out, in], b [out], y [R, out]
///
/// Saves its input, at the precision of the factors of its products (`ParameterPolicy.computePrecision`): bfloat16
/// factors have sums in float32, and b, y, db and dW are float32. Where the store's policy says so, the layer has a
/// low-rank adapter too (A [r, in], B [out, r], s = alpha/r):
///
///     y += s · (x Aᵀ) Bᵀ
///     dB += s · dyᵀ (x Aᵀ),   d(x Aᵀ) = s · dy B,   dA += d(x Aᵀ)ᵀ x,   dx += d(x Aᵀ) A
public struct Linear: Layer {
  /// W [out, in].
  public let weight: Parameter
  /// b [out], if there is one.
  public let bias: Parameter?
  /// Sizes of a row before and after.
  public let inputs: Int, outputs: Int
  /// The precision of the factors of its products. An input that is kept at it already need not be converted.
  public let precision: Precision
  private let adapter: LowRankAdapter?

  /// Registers `weight` and, unless `bias` is false, `bias` in the scope, then `lora_A.weight` and `lora_B.weight` if the
  /// policy targets the weight.
  ///
  /// - Parameters:
  ///   - biasPlace: where the bias is registered and under which name, if not as the scope's `bias`.
  ///   - initialBias: how the bias starts.
  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, bias hasBias: Bool = true,
    biasPlace: (scope: Scope, name: String)? = nil, initial: InitialValue = .xavierUniform,
    initialBias: InitialValue = .constant(0), weightShape: [Int]? = nil
  ) {
    self.inputs = inputs
    self.outputs = outputs
    precision = scope.computePrecision
    weight = scope.parameter("weight", weightShape ?? [outputs, inputs], initial)
    let place = biasPlace ?? (scope, "bias")
    bias = hasBias ? place.scope.parameter(place.name, [outputs], initialBias) : nil
    adapter = LowRankAdapter(scope, weight: weight, inputs: inputs, outputs: outputs)
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
    /// Of an input that was made again.
    public init(input: Tensor) { self.input = input }
  }

  /// x [R, in] to y [R, out].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let output = Tensor([input.rows, outputs])
    let input = input.converted(to: precision)
    multiply(input, transposed: matrix, into: output, plus: bias.map { .row($0.value) } ?? .nothing)
    adapter?.addOutput(of: input, to: output)
    return (output, Saved(input: input))
  }

  /// dx = dy W,  dW += dyᵀ x,  db += Σ dy.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let gradient = begin(outputGradient)
    addParameterGradients(gradient, saved)
    return inputGradient(gradient)
  }

  /// Backward where the input forked: the gradient of this branch is added to what the others left there.
  public func addBackward(_ outputGradient: Tensor, _ saved: Saved, to inputGradient: Tensor) {
    let gradient = begin(outputGradient)
    addParameterGradients(gradient, saved)
    addInputGradient(gradient, to: inputGradient, plus: .output)
  }

  /// Backward where nobody reads the gradient of the input: it is data, or nothing is trained before this layer.
  public func addParameterGradients(_ outputGradient: Tensor, _ saved: Saved) {
    guard weight.gradient != nil || adapter != nil else {
      return addColumnSums(of: outputGradient, to: bias?.gradient)
    }
    addParameterGradients(begin(outputGradient), saved)
  }

  // The parts of backward, for a layer whose input is made again between them.

  /// What the gradients of the input and of the weights are made of.
  struct OutputGradient {
    /// dy as a factor of products.
    let factor: Tensor
    /// The adapter's d(x Aᵀ).
    let inner: Tensor?
  }

  /// Begins backward: db += Σ dy, in the pass that makes a factor of dy.
  func begin(_ outputGradient: Tensor) -> OutputGradient {
    let factor = convertedAddingColumnSums(of: outputGradient, to: bias?.gradient, precision)
    return OutputGradient(factor: factor, inner: adapter?.innerGradient(factor))
  }

  /// dx = dy W.
  func inputGradient(_ gradient: OutputGradient) -> Tensor {
    let inputGradient = Tensor([gradient.factor.rows, inputs])
    addInputGradient(gradient, to: inputGradient, plus: .nothing)
    return inputGradient
  }

  /// dW += dyᵀ x, and the adapter's.
  func addParameterGradients(_ gradient: OutputGradient, _ saved: Saved) {
    guard weight.gradient != nil || adapter != nil else { return }
    let input = saved.input.converted(to: precision)
    if let weightGradient = weight.gradient {
      multiplyAdd(transposed: gradient.factor, input, into: weightGradient.reshaped([outputs, inputs]))
    }
    if let adapter, let inner = gradient.inner {
      adapter.addParameterGradients(gradient.factor, innerGradient: inner, input: input)
    }
  }

  private func addInputGradient(_ gradient: OutputGradient, to inputGradient: Tensor, plus addend: Addend) {
    multiply(gradient.factor, matrix, into: inputGradient, plus: addend)
    if let adapter, let inner = gradient.inner { adapter.addInputGradient(inner, to: inputGradient) }
  }

  /// W as a factor. It is converted anew for each product, which costs little beside it and can never be out of date. A
  /// convolution's kernel [out, C, pt, ph, pw] is the same matrix under a longer shape.
  private var matrix: Tensor { weight.value(at: precision).reshaped([outputs, inputs]) }
}
