import Foundation
import Tensors

/// Adds a fixed code of each token's place in its clip.
///
///     y[n, d] = x[n, d] + √2 · cos(2π · f_d · place(n) + φ_d),   f_d ~ normal(0, 2²) for each axis,  φ_d uniform
///
/// `place` runs from 0 to 1 along each axis, so a code means the same at any size. Rotary positions tell distances only;
/// where a token is, a model must infer from the clip's borders, which small models learn late (docs/training.md has the
/// measurements). Random Fourier features: Tancik et al., 2020. Nothing is learned, and the gradient of x is the output's own.
public struct AbsolutePositions: Sendable {
  /// D.
  public let width: Int

  /// A code of D numbers a token.
  public init(width: Int) { self.width = width }

  /// x [B·N, D] with the codes of the grid's N tokens, which repeat for each clip.
  public func forward(_ x: Tensor, of grid: TokenGrid) -> Tensor {
    let codes = table(grid)
    let y = Tensor(x.shape)
    precondition(
      x.columns == self.width && x.rows % codes.rows == 0, "rows \(x.shape) are not clips of \(codes.shape)")
    parallel(over: x.rows, tile: rowsPerTile(columns: x.columns)) { rows in
      for r in rows {
        let (source, code, target) = (x.row(r), codes.row(r % codes.rows), y.row(r))
        sweep(x.columns) { i, c in store(load(source, i, c) + load(code, i, c), target, i, c) }
      }
    }
    return y
  }

  private func table(_ grid: TokenGrid) -> Tensor {
    let codes = Tensor([grid.tokens, width])
    // Part of the model: the same in every run, whatever its seed.
    var stream = RandomStream(seed: 0, purpose: .initialization)
    let waves = (0..<width).map { _ in
      (2 * stream.gaussian(), 2 * stream.gaussian(), 2 * stream.gaussian(), stream.uniform())
    }
    parallel(over: codes.rows, tile: 16) { range in
      for n in range {
        let t = (Double(n / (grid.height * grid.width)) + 0.5) / Double(grid.frames)
        let y = (Double(n / grid.width % grid.height) + 0.5) / Double(grid.height)
        let x = (Double(n % grid.width) + 0.5) / Double(grid.width)
        for (d, wave) in waves.enumerated() {
          codes.row(n)[d] = Float(
            2.squareRoot() * cos(2 * .pi * (wave.0 * t + wave.1 * y + wave.2 * x + wave.3)))
        }
      }
    }
    return codes
  }
}
