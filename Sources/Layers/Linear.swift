import Tensors

/// Multiplies each row by a matrix and adds a bias.
///
///     y = x Wᵀ + b        x [R, in], W [out, in], b [out], y [R, out]
///
/// Saves its input. Where the store's policy says so, the layer has a low-rank adapter too (A [r, in], B [out, r],
/// s = alpha/r):
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
    multiply(
      input, transposed: matrix(weight.value), into: output, plus: bias.map { .row($0.value) } ?? .nothing)
    adapter?.addOutput(of: input, to: output)
    return (output, Saved(input: input))
  }

  /// dx = dy W,  dW += dyᵀ x,  db += Σ dy.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let inner = adapter?.innerGradient(outputGradient)
    addParameterGradients(outputGradient, inner, saved)
    let inputGradient = Tensor([outputGradient.rows, inputs])
    addInputGradient(outputGradient, inner, to: inputGradient, plus: .nothing)
    return inputGradient
  }

  /// The gradient of the input alone, dx = dy W, and the adapter's d(x Aᵀ), which the parameters' gradients need too.
  func inputGradient(_ outputGradient: Tensor) -> (input: Tensor, inner: Tensor?) {
    let inner = adapter?.innerGradient(outputGradient)
    let inputGradient = Tensor([outputGradient.rows, inputs])
    addInputGradient(outputGradient, inner, to: inputGradient, plus: .nothing)
    return (inputGradient, inner)
  }

  /// Backward where the input forked: the gradient of this branch is added to what the others left there.
  public func addBackward(_ outputGradient: Tensor, _ saved: Saved, to inputGradient: Tensor) {
    let inner = adapter?.innerGradient(outputGradient)
    addParameterGradients(outputGradient, inner, saved)
    addInputGradient(outputGradient, inner, to: inputGradient, plus: .output)
  }

  /// Backward where nobody reads the gradient of the input: it is data, or nothing is trained before this layer.
  public func addParameterGradients(_ outputGradient: Tensor, _ saved: Saved) {
    addParameterGradients(outputGradient, adapter?.innerGradient(outputGradient), saved)
  }

  /// dW += dyᵀ x,  db += Σ dy, and the adapter's, whose d(x Aᵀ) is given.
  func addParameterGradients(_ outputGradient: Tensor, _ inner: Tensor?, _ saved: Saved) {
    addColumnSums(of: outputGradient, to: bias?.gradient)
    if let gradient = weight.gradient {
      multiplyAdd(transposed: outputGradient, saved.input, into: matrix(gradient))
    }
    if let adapter, let inner {
      adapter.addParameterGradients(outputGradient, innerGradient: inner, input: saved.input)
    }
  }

  private func addInputGradient(
    _ outputGradient: Tensor, _ inner: Tensor?, to inputGradient: Tensor, plus addend: Addend
  ) {
    multiply(outputGradient, matrix(weight.value), into: inputGradient, plus: addend)
    if let adapter, let inner { adapter.addInputGradient(inner, to: inputGradient) }
  }

  /// A convolution's kernel [out, C, pt, ph, pw] is the same matrix under a longer shape.
  private func matrix(_ tensor: Tensor) -> Tensor { tensor.reshaped([outputs, inputs]) }
}
