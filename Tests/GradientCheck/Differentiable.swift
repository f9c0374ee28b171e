import Layers
import Tensors

/// Something differentiable with all that it reads, ready to be checked: a layer, a model, an objective.
public struct Differentiable {
  /// A forward pass: its output, and the way back from the output's gradient to those of the inputs, in their order.
  public typealias Pass = (output: Tensor, backward: (_ outputGradient: Tensor) -> [Tensor])

  let inputs: KeyValuePairs<String, Tensor>
  let store: ParameterStore?
  let pass: (_ inputs: [Tensor]) -> Pass

  /// - Parameters:
  ///   - inputs: what gradients are returned for, by name.
  ///   - store: the parameters, not allocated yet: all of them are drawn anew, those that start at a constant too.
  ///   - withAverage: whether the store keeps an average, which stays where the parameters were drawn.
  ///   - pass: takes the inputs in their order.
  public init(
    _ inputs: KeyValuePairs<String, Tensor> = [:], _ store: ParameterStore? = nil, withAverage: Bool = false,
    pass: @escaping (_ inputs: [Tensor]) -> Pass
  ) {
    store?.allocate(seed: 1, withAverage: withAverage)
    store?.perturb()
    self.inputs = inputs
    self.store = store
    self.pass = pass
  }

  /// A layer of one input.
  public init(_ layer: some Layer, input: Tensor, _ store: ParameterStore? = nil) {
    self.init(["input": input], store) { inputs in
      let (output, saved) = layer.forward(inputs[0])
      return (output, { [layer.backward($0, saved)] })
    }
  }
}

extension ParameterStore {
  /// Adds normally distributed numbers to all parameters, so that none is at a special place (zero, one).
  public func perturb(by deviation: Float = 0.2, seed: UInt64 = 2) {
    for (index, entry) in entries.enumerated() {
      let value = values(of: entry).widened.copied()
      value.add(gaussian(entry.shape, seed: seed &+ UInt64(index) &* 1000), scale: deviation)
      values(of: entry).copy(from: value)
    }
  }
}

/// A tensor of normally distributed numbers.
public func gaussian(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  let tensor = Tensor([1] + shape)
  tensor.fillGaussian(seed: seed, purpose: .check, step: 0)
  return tensor.reshaped(shape)
}
