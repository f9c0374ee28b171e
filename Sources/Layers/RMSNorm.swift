import Tensors

/// Divides each row by its root mean square and scales it.
///
///     y = x / √(mean(x²) + ε) · w        x [R, D], w [D]
///
/// Zhang and Sennrich, "Root mean square layer normalization", 2019. Saves its input and 1/√(mean(x²) + ε) of each row; its
/// output can be made again from these (`output(of:)`) rather than kept.
public struct RMSNorm: Layer {
  /// w [D].
  public let weight: Parameter
  /// D.
  public let width: Int
  /// ε.
  public let epsilon: Float

  /// Registers `weight` in the scope.
  public init(_ scope: Scope, width: Int, epsilon: Float = 1e-6) {
    self.width = width
    self.epsilon = epsilon
    weight = scope.parameter("weight", [width], .constant(1))
  }

  /// What backward reads.
  public struct Saved {
    let input: Tensor
    let scales: Tensor  // [R]

    func converted(to precision: Precision) -> Saved {
      Saved(input: input.converted(to: precision), scales: scales)
    }
  }

  /// x [R, D] to y [R, D].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) { forward(input, as: .float32) }

  /// The same, with the output kept at a precision, for products that are all that read it.
  public func forward(_ input: Tensor, as precision: Precision) -> (output: Tensor, saved: Saved) {
    forward(input, as: precision) { _, _ in }
  }

  /// The same, with `finish` called for each tile of rows of the output while it is in the cache, to change it in place.
  package func forward(
    _ input: Tensor, as precision: Precision = .float32,
    finish: (_ rows: Range<Int>, _ output: Tensor) -> Void
  ) -> (output: Tensor, saved: Saved) {
    precondition(input.columns == width, "rows of \(input.columns) numbers, but the norm is over \(width)")
    let output = Tensor(input.shape, precision)
    let (saved, w) = (Saved(input: input, scales: Tensor([input.rows])), weight.value)
    parallel(over: input.rows, tile: rowsPerTile(columns: width)) { rows in
      for r in rows {
        let x = input.row(r)
        saved.scales.pointer[r] = 1 / (dot(x, x, width) / Float(width) + epsilon).squareRoot()
      }
      write(rows, of: saved, by: w, into: output)
      finish(rows, output)
    }
    return (output, saved)
  }

  /// The output of the forward pass that saved this, made again and finished as it was.
  package func output(of saved: Saved, finish: (_ rows: Range<Int>, _ output: Tensor) -> Void = { _, _ in })
    -> Tensor
  {
    let (output, w) = (Tensor(saved.input.shape), weight.value)
    parallel(over: output.rows, tile: rowsPerTile(columns: width)) {
      write($0, of: saved, by: w, into: output)
      finish($0, output)
    }
    return output
  }

  private func write(_ rows: Range<Int>, of saved: Saved, by weight: Tensor, into output: Tensor) {
    let w = weight.pointer
    output.fillRows(rows) { r, y in
      let (x, scale) = (saved.input.row(r), saved.scales.pointer[r])
      sweep(width) { i, c in store(load(x, i, c) * scale * load(w, i, c), y, i, c) }
    }
  }

  /// With s = 1/√(mean(x²) + ε) and g = dy · w:  dx = s · (g − x · s² · mean(g · x)),  dw += Σ dy · x · s.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    backward(outputGradient, saved) { _, _ in }
  }

  /// The same, with `begin` called first for each tile of rows of the output's gradient, to undo in place what `finish`
  /// did.
  package func backward(
    _ outputGradient: Tensor, _ saved: Saved, begin: (_ rows: Range<Int>, _ outputGradient: Tensor) -> Void
  ) -> Tensor {
    let inputGradient = Tensor(saved.input.shape)
    let (w, n) = (weight.value, width)
    let sums = tileSums(rowsPerGroup: saved.input.rows, columns: n) { _, rows, dw in
      begin(rows, outputGradient)
      for r in rows {
        let (x, dy, dx) = (saved.input.row(r), outputGradient.row(r), inputGradient.row(r))
        let scale = saved.scales.pointer[r]
        var along = Lanes(repeating: 0)
        sweep(n) { i, c in
          let product = load(dy, i, c) * load(x, i, c)
          along.addProduct(product, load(w.pointer, i, c))
          store(load(dw, i, c).addingProduct(product, Lanes(repeating: scale)), dw, i, c)
        }
        let rowDot = along.total / Float(n) * scale * scale
        sweep(n) { i, c in
          store((load(dy, i, c) * load(w.pointer, i, c) - load(x, i, c) * rowDot) * scale, dx, i, c)
        }
      }
    }
    addTileSums(sums, to: weight.gradient)
    return inputGradient
  }
}
