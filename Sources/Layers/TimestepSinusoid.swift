import Foundation
import Tensors

/// A time as waves of many lengths, cosines first.
///
///     y = (cos(1000 t · f₀), …, sin(1000 t · f₀), …),   fᵢ = 10000^(−i / (W/2))
///
/// Times are data: nothing is differentiated.
public struct TimestepSinusoid: Sendable {
  /// W, even.
  public let width: Int

  /// - Parameter width: W, even.
  public init(width: Int) {
    precondition(width % 2 == 0, "the sinusoid's width must be even")
    self.width = width
  }

  /// Times in 0…1 (0 data, 1 noise) to rows [times, W].
  public func forward(_ times: [Double]) -> Tensor {
    let output = Tensor([times.count, width])
    let half = width / 2
    parallel(over: times.count, tile: 1) { range in
      for r in range {
        for i in 0..<half {
          let angle = 1000 * times[r] * exp(-log(10_000) * Double(i) / Double(half))
          output.row(r)[i] = Float(cos(angle))
          output.row(r)[half + i] = Float(sin(angle))
        }
      }
    }
    return output
  }
}
