import Tensors

/// The mean of each text's tokens, padding left out.
///
///     y[b] = 1/length[b] · Σ x[b, l] over l < length[b]        x [B·L, D], y [B, D]
public struct TokenMean: Sendable {
  /// A layer without parameters.
  public init() {}

  /// What backward reads.
  public struct Saved {
    let shape: [Int]
    let lengths: [Int]
    /// B.
    public var texts: Int { lengths.count }
  }

  /// `lengths` has a number for each of the B texts.
  public func forward(_ x: Tensor, lengths: [Int]) -> (output: Tensor, saved: Saved) {
    let (texts, width) = (lengths.count, x.columns)
    let length = x.rows / texts
    precondition(lengths.allSatisfy { $0 > 0 && $0 <= length }, "text lengths must be in 1...\(length)")
    let y = Tensor([texts, width])
    parallel(over: texts, tile: 1) { range in
      for b in range {
        let (target, share) = (y.row(b), 1 / Float(lengths[b]))
        target.update(repeating: 0, count: width)
        for l in 0..<lengths[b] {
          let source = x.row(b * length + l)
          sweep(width) { i, c in
            store(load(target, i, c).addingProduct(load(source, i, c), Lanes(repeating: share)), target, i, c)
          }
        }
      }
    }
    return (y, Saved(shape: x.shape, lengths: lengths))
  }

  /// Each token that counted takes its share of the mean's gradient.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let inputGradient = Tensor.zeros(saved.shape)
    let (texts, width) = (saved.lengths.count, inputGradient.columns)
    let length = inputGradient.rows / texts
    parallel(over: texts, tile: 1) { range in
      for b in range {
        let (source, share) = (outputGradient.row(b), 1 / Float(saved.lengths[b]))
        for l in 0..<saved.lengths[b] {
          let target = inputGradient.row(b * length + l)
          sweep(width) { i, c in store(load(source, i, c) * share, target, i, c) }
        }
      }
    }
    return inputGradient
  }
}
