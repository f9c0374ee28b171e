import Tensors

/// How far `values` are from `expected`: ‖values − expected‖ / ‖expected‖.
func relativeError(_ values: Tensor, _ expected: [Double]) -> Double {
  precondition(values.count == expected.count, "\(values.count) values, but \(expected.count) are expected")
  var (error, size) = (0.0, 0.0)
  for (value, expected) in zip(values.values, expected) {
    error += (Double(value) - expected) * (Double(value) - expected)
    size += expected * expected
  }
  return (error / max(size, .leastNormalMagnitude)).squareRoot()
}

extension Tensor {
  /// The elements in double precision.
  var doubles: [Double] { values.map(Double.init) }
}
