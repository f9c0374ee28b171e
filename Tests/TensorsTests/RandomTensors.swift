import Tensors

/// Normally distributed numbers of their own sample.
func random(_ shape: [Int], _ sample: Int = 0) -> Tensor {
  let tensor = Tensor([1] + shape)
  tensor.fillGaussian(seed: 1, purpose: .check, step: 0, firstSample: sample)
  return tensor.reshaped(shape)
}

/// ‖values − expected‖ / ‖expected‖.
func relativeError(_ values: Tensor, _ expected: [Double]) -> Double {
  precondition(values.count == expected.count, "\(values.count) values, but \(expected.count) are expected")
  let error = zip(values.values, expected).reduce(0.0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
  return (error / max(expected.reduce(0.0) { $0 + $1 * $1 }, .leastNormalMagnitude)).squareRoot()
}
