import Tensors

/// A differentiable piece of a model: forward returns what backward needs.
///
/// A layer is a value of parameters and sizes and keeps nothing between calls, so it can run twice (in teacher and
/// student, or in a sampler). Rules that all layers keep, also those with more arguments than this protocol shows:
/// parameter gradients **add** into `Parameter.gradient`; gradients of inputs are **returned**; where a value forked,
/// the parent adds.
public protocol Layer {
  /// The values of a forward pass that backward reads.
  associatedtype Saved
  /// The layer's output and what backward needs of this pass.
  func forward(_ input: Tensor) -> (output: Tensor, saved: Saved)
  /// From the gradient of the output to the gradient of the input; parameter gradients are added.
  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor
}
