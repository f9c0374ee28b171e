import Tensors

/// The values a parameter starts with.
public enum InitialValue: Sendable, Equatable {
  /// One number everywhere.
  case constant(Float)
  /// The normal distribution with mean 0 and this standard deviation.
  case normal(Float)
  /// Uniform in ± this bound.
  case uniform(Float)
  /// Uniform in ±√(6 / (fan in + fan out)) for a weight [out, in…] (Glorot and Bengio, 2010).
  case xavierUniform
  /// Uniform in ± a bound around a number, but for some rows (places of the first axis), which are zero save for the numbers
  /// given by their place within the row.
  case rows(around: Float, bound: Float, [Int: [Int: Float]])

  /// Fills a tensor with values of the stream.
  func draw(into value: Tensor, from stream: inout RandomStream) {
    switch self {
    case .constant(let constant): value.fill(constant)
    case .normal(let deviation):
      for i in 0..<value.count { value.pointer[i] = deviation * Float(stream.gaussian()) }
    case .uniform(let bound): Self.fill(value, from: &stream, within: Double(bound))
    case .xavierUniform:
      let fanOut = value.shape[0]
      let bound = (6 / Double(fanOut + value.count / fanOut)).squareRoot()
      Self.fill(value, from: &stream, within: bound)
    case .rows(let middle, let bound, let rows):
      value.fill(middle)
      if bound > 0 { Self.fill(value, from: &stream, within: Double(bound), around: middle) }
      let size = value.count / value.shape[0]
      for (row, numbers) in rows {
        precondition(
          row < value.shape[0] && numbers.keys.allSatisfy { $0 < size },
          "a start beyond the weight's \(value.shape)")
        let target = value.pointer + row * size
        target.update(repeating: 0, count: size)
        for (place, number) in numbers { target[place] = number }
      }
    }
  }

  private static func fill(
    _ value: Tensor, from stream: inout RandomStream, within bound: Double, around middle: Float = 0
  ) {
    for i in 0..<value.count { value.pointer[i] = middle + Float(stream.uniform(in: -bound..<bound)) }
  }
}

/// 1/√n: the deviation that keeps the size of a sum of n products.
func deviation(_ n: Int) -> Float { 1 / Float(n).squareRoot() }
