import Tensors

/// Doubles height and width: pixels are repeated, then convolved 3 × 3.
///
///     y = conv(repeat x)        x [B, F, H, W, C], y [B, F, 2H, 2W, out]
public struct SpatialUpsampling: Layer {
  private let repeated = NearestUpsampling()
  private let convolution: Convolution

  /// Registers the convolution's parameters in the scope.
  public init(_ scope: Scope, _ inputs: Int, _ outputs: Int, start: ConvolutionStart = .usual) {
    convolution = Convolution(scope, inputs, outputs, .picture, kernelAxes: 2, start: start)
  }

  /// What backward reads; the repeated pixels are made again.
  public struct Saved {
    let input: Tensor
  }

  /// x to y.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    (convolution.forward(repeated.forward(input).output, after: nil), Saved(input: input))
  }

  /// dx.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let (input, repeatedSaved) = repeated.forward(saved.input)
    convolution.addParameterGradients(outputGradient, input: input)
    return repeated.backward(
      convolution.inputGradient(outputGradient, shape: input.shape), repeatedSaved)
  }
}
