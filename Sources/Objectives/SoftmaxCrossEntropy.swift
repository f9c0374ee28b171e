import Foundation
import Tensors

/// How far the classes that a model finds likely are from those of the targets.
///
///     p = softmax(logits),   loss of a clip = −Σ target · log p,   ∂loss/∂logits = p − target        logits, targets [B, C]
///
/// Targets of each row sum to 1. Rows are few and short, so all of it is done at once, in double precision.
public struct SoftmaxCrossEntropy: Sendable {
  /// A loss without parameters.
  public init() {}

  /// p [B, C].
  public func probabilities(_ logits: Tensor) -> Tensor {
    let p = Tensor(logits.shape)
    parallel(over: logits.rows, tile: 64) { rows in
      for r in rows {
        let total = Self.logSum(logits, r)
        for c in 0..<logits.columns { p.row(r)[c] = Float(exp(Double(logits.row(r)[c]) - total)) }
      }
    }
    return p
  }

  /// Each row's loss, and `share` times the gradient of their mean.
  public func callAsFunction(
    _ logits: Tensor, targets: Tensor, share: Double
  ) -> (losses: [Double], gradient: Tensor) {
    precondition(logits.shape == targets.shape, "logits \(logits.shape) and targets \(targets.shape) differ")
    let (gradient, columns) = (Tensor(logits.shape), logits.columns)
    let losses = Tensor([logits.rows])
    let factor = share / Double(logits.rows)
    parallel(over: logits.rows, tile: 64) { rows in
      for r in rows {
        let (z, target) = (logits.row(r), targets.row(r))
        let total = Self.logSum(logits, r)
        var loss = 0.0
        for c in 0..<columns {
          let logarithm = Double(z[c]) - total
          if target[c] > 0 { loss -= Double(target[c]) * logarithm }
          gradient.row(r)[c] = Float(factor * (exp(logarithm) - Double(target[c])))
        }
        losses.pointer[r] = Float(loss)
      }
    }
    guard !Plan.isRunning else { return (Array(repeating: 0, count: logits.rows), gradient) }
    return (losses.values.map(Double.init), gradient)
  }

  /// log Σ exp z of a row.
  private static func logSum(_ logits: Tensor, _ row: Int) -> Double {
    let z = logits.row(row)
    var most = -Double.infinity
    for c in 0..<logits.columns { most = max(most, Double(z[c])) }
    var sum = 0.0
    for c in 0..<logits.columns { sum += exp(Double(z[c]) - most) }
    return most + log(sum)
  }
}
