import Foundation
import Tensors

/// Adds a fixed code of its place in the clip to each token: the sines and cosines of Vaswani et al., "Attention is all you
/// need", 2017, over the tokens in raster order, as VideoMAE has them.
///
///     y[n, 2i] = x[n, 2i] + sin(n · 10000^(−2i/D)),   y[n, 2i + 1] = x[n, 2i + 1] + cos(n · 10000^(−2i/D))
///
/// Nothing is learned, and the gradient of x is the output's own.
public struct SinusoidPositions: Sendable {
  /// D.
  public let width: Int

  /// A code of D numbers a token.
  public init(width: Int) { self.width = width }

  /// Adds the codes of the selection's tokens to x [B·n, D], in place.
  public func add(to x: Tensor, at selection: TokenSelection) {
    precondition(
      x.columns == width && x.rows == selection.clips * selection.count, "rows \(x.shape) are other tokens")
    let codes = table(selection.tokens)
    parallel(over: x.rows, tile: rowsPerTile(columns: width)) { rows in
      for r in rows {
        let (code, target) = (codes.row(selection.row(of: r) % selection.tokens), x.row(r))
        sweep(width) { i, c in store(load(target, i, c) + load(code, i, c), target, i, c) }
      }
    }
  }

  /// [N, D]; angles are computed in double precision.
  func table(_ tokens: Int) -> Tensor {
    let codes = Tensor([tokens, width])
    let frequencies = (0..<width).map { pow(10_000, -Double($0 / 2 * 2) / Double(width)) }
    parallel(over: tokens, tile: 64) { rows in
      for r in rows {
        for (d, frequency) in frequencies.enumerated() {
          let angle = Double(r) * frequency
          codes.row(r)[d] = Float(d % 2 == 0 ? sin(angle) : cos(angle))
        }
      }
    }
    return codes
  }
}
