// The example of docs/adding-a-layer.md, which quotes this file.
import Layers
import Tensors

/// Scales each column by a learned number.
///
///     y = x · g        x [R, D], g [D], y [R, D]
///
/// Touvron et al., "Going deeper with image transformers", 2021. Saves its input.
public struct LayerScale: Layer {
  /// g [D].
  public let scale: Parameter
  /// D.
  public let width: Int

  /// Registers `scale` in the scope; it starts small, so that a new branch starts quietly.
  public init(_ scope: Scope, width: Int, initial: Float = 1e-2) {
    self.width = width
    scale = scope.parameter("scale", [width], .constant(initial))
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
  }

  /// x [R, D] to y [R, D].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    precondition(input.columns == width, "rows of \(input.columns) numbers, but the scale has \(width)")
    return (scaled(input), Saved(input: input))
  }

  /// dx = dy · g,  dg += Σ dy · x.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    // Tiles of rows are summed each by itself and then in order, whatever the number of threads.
    let sums = tileSums(rowsPerGroup: saved.input.rows, columns: width) { _, rows, dg in
      for r in rows {
        let (x, dy) = (saved.input.row(r), outputGradient.row(r))
        sweep(width) { i, c in
          store(load(dg, i, c).addingProduct(load(dy, i, c), load(x, i, c)), dg, i, c)
        }
      }
    }
    addTileSums(sums, to: scale.gradient)  // does nothing if the scale is frozen and has no gradient
    return scaled(outputGradient)
  }

  /// Each row times g: forward, and backward in the input, are the same.
  private func scaled(_ rows: Tensor) -> Tensor {
    let output = Tensor(rows.shape)
    let g = scale.value
    parallel(over: rows.rows, tile: rowsPerTile(columns: width)) { range in
      for r in range {
        let (x, y) = (rows.row(r), output.row(r))
        sweep(width) { i, c in store(load(x, i, c) * load(g.pointer, i, c), y, i, c) }
      }
    }
    return output
  }
}
