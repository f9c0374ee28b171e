import Tensors

/// Multiplies each row by a matrix and adds a bias.
///
///     y = x Wᵀ + b        x [R, in], W [out, in], b [out], y [R, out]
///
/// Saves its input.
public struct Linear: Layer {
  /// W [out, in].
  public let weight: Parameter
  /// b [out], if there is one.
  public let bias: Parameter?
  /// Sizes of a row before and after.
  public let inputs: Int, outputs: Int

  /// Registers `weight` and, unless `bias` is false, `bias` in the scope.
  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, bias hasBias: Bool = true,
    initial: InitialValue = .xavierUniform, weightShape: [Int]? = nil
  ) {
    self.inputs = inputs
    self.outputs = outputs
    weight = scope.parameter("weight", weightShape ?? [outputs, inputs], initial)
    bias = hasBias ? scope.parameter("bias", [outputs], .constant(0)) : nil
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
    return (output, Saved(input: input))
  }

  /// dx = dy W,  dW += dyᵀ x,  db += Σ dy.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    addParameterGradients(outputGradient, saved)
    return inputGradient(outputGradient)
  }

  /// The gradient of the input alone, dx = dy W.
  func inputGradient(_ outputGradient: Tensor) -> Tensor {
    let inputGradient = Tensor([outputGradient.rows, inputs])
    multiply(outputGradient, matrix(weight.value), into: inputGradient)
    return inputGradient
  }

  /// Backward where the input forked: the gradient of this branch is added to what the others left there.
  func addBackward(_ outputGradient: Tensor, _ saved: Saved, to inputGradient: Tensor) {
    addParameterGradients(outputGradient, saved)
    multiply(outputGradient, matrix(weight.value), into: inputGradient, plus: .output)
  }

  /// Backward for a first layer, whose input is data: nobody reads the gradient of its input.
  public func addParameterGradients(_ outputGradient: Tensor, _ saved: Saved) {
    addColumnSums(of: outputGradient, to: bias?.gradient)
    guard let gradient = weight.gradient else { return }
    multiplyAdd(transposed: outputGradient, saved.input, into: matrix(gradient))
  }

  /// A convolution's kernel [out, C, pt, ph, pw] is the same matrix under a longer shape.
  private func matrix(_ tensor: Tensor) -> Tensor { tensor.reshaped([outputs, inputs]) }
}
