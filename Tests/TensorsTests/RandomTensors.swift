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

/// The transpose of a matrix.
func transposed(_ a: Tensor) -> Tensor {
  let b = Tensor([a.columns, a.rows])
  for i in 0..<a.rows { for j in 0..<a.columns { b.row(j)[i] = a.row(i)[j] } }
  return b
}

/// a b + start, each element a sum in double precision.
func product(_ a: Tensor, _ b: Tensor, plus start: Tensor?) -> [Double] {
  var c = start?.values.map(Double.init) ?? Array(repeating: 0, count: a.rows * b.columns)
  for i in 0..<a.rows {
    for p in 0..<a.columns {
      let (left, row) = (Double(a.row(i)[p]), b.row(p))
      for j in 0..<b.columns { c[i * b.columns + j] += left * Double(row[j]) }
    }
  }
  return c
}
