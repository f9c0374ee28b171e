import Tensors

/// Makes a matrix nearly orthogonal: of U S Vᵀ it leaves about U Vᵀ.
///
///     X = G / (‖G‖ + 1e-7),   then five times   A = X Xᵀ,   X ← (a I + b A + c A²) X
///
/// with (a, b, c) = (3.4445, −4.7750, 2.0315), which bring singular values of 0.01 to 1 within 0.68 to 1.14 instead of to
/// 1: steps that end at 1 begin slower. A matrix of more rows than columns is taken from its other side, A = Xᵀ X and
/// X ← X (a I + b A + c A²), which is the same for the transposed one. Zero stays zero. Jordan and others, "Muon: an optimizer
/// for hidden layers in neural networks", 2024. What the products multiply may be rounded to bfloat16, as there: singular values
/// need not come nearer to 1 than that.
struct NewtonSchulz: Sendable, Equatable {
  /// Sizes of the matrix.
  let rows: Int, columns: Int
  /// The precision of the factors of products.
  let precision: Precision

  /// - Parameter precision: what products of large matrices multiply; for small ones rounding would cost more than it saves.
  init(rows: Int, columns: Int, _ precision: Precision = .float32) {
    (self.rows, self.columns) = (rows, columns)
    self.precision = min(rows, columns) < 64 ? .float32 : precision.ofProducts
  }

  static let steps = 5
  /// a, b and c.
  static let coefficients: (a: Float, b: Float, c: Float) = (3.4445, -4.7750, 2.0315)

  /// The size of A.
  var side: Int { min(rows, columns) }
  var isWide: Bool { rows <= columns }

  /// Floating-point operations of all products.
  var operations: Int { Self.steps * (4 * rows * columns * side + 2 * side * side * side) }

  /// The factor that brings a matrix of a norm to the norm 1.
  private func factor(_ norm: Double) -> Float { Float(1 / (norm + 1e-7)) }

  // MARK: On all threads

  /// Of x [rows, columns], which is used up, by its norm.
  func orthogonalized(_ matrix: Tensor, norm: Double) -> Tensor {
    let (gram, square) = (Tensor([side, side]), Tensor([side, side]))
    var (x, spare) = (matrix, Tensor([rows, columns]))
    x.scale(by: factor(norm))
    for _ in 0..<Self.steps {
      let factor = x.converted(to: precision)
      if isWide {
        multiply(factor, transposed: factor, into: gram)
      } else {
        gram.fill(0)
        multiplyAdd(transposed: factor, factor, into: gram)
      }
      let gramFactor = gram.converted(to: precision)
      multiply(gramFactor, gramFactor, into: square)
      parallel(over: side, tile: rowsPerTile(columns: side)) {
        setPolynomial(gram.pointer, square.pointer, rows: $0)
      }
      let polynomial = square.converted(to: precision)
      if isWide {
        multiply(polynomial, factor, into: spare)
      } else {
        multiply(factor, polynomial, into: spare)
      }
      swap(&x, &spare)
    }
    return x
  }

  // MARK: On the calling thread

  /// Floats that it takes to do it on one thread: for the matrix, for another one, for A and A², and for what bfloat16 needs.
  var scratchCount: Int {
    wideCount + (precision == .bfloat16 ? NarrowNewtonSchulz(self).scratchCount : 0)
  }
  private var wideCount: Int { 2 * padded(rows * columns) + 2 * padded(side * side) }

  /// The same for the matrix that lies at the beginning of some scratch, on this thread alone.
  /// - Returns: where the result lies in the scratch.
  func orthogonalized(
    _ scratch: UnsafeMutablePointer<Float>, norm: Double
  ) -> UnsafeMutablePointer<Float> {
    let gram = scratch + 2 * padded(rows * columns)
    let square = gram + padded(side * side)
    var (x, spare) = (scratch, scratch + padded(rows * columns))
    let factor = factor(norm)
    sweep(rows * columns) { i, c in store(load(x, i, c) * factor, x, i, c) }
    if precision == .bfloat16 {
      let narrow = NarrowNewtonSchulz(self)
      for _ in 0..<Self.steps {
        narrow.step(x, gram, square, into: spare, scratch: scratch + wideCount) {
          setPolynomial(gram, square, rows: 0..<side)
        }
        swap(&x, &spare)
      }
      return x
    }
    for _ in 0..<Self.steps {
      product(
        side, side, max(rows, columns), x, isTransposed: !isWide, x, isTransposed: isWide, columns, columns,
        into: gram)
      product(side, side, side, gram, gram, side, side, into: square)
      setPolynomial(gram, square, rows: 0..<side)
      if isWide {
        product(rows, columns, side, square, x, side, columns, into: spare)
      } else {
        product(rows, columns, side, x, square, columns, side, into: spare)
      }
      swap(&x, &spare)
    }
    return x
  }

  /// c [rows, columns] = a b; the factors' rows in memory have `left` and `right` floats.
  private func product(
    _ rows: Int, _ columns: Int, _ terms: Int, _ a: UnsafePointer<Float>, isTransposed first: Bool = false,
    _ b: UnsafePointer<Float>, isTransposed second: Bool = false, _ left: Int, _ right: Int,
    into c: UnsafeMutablePointer<Float>
  ) {
    OpenBLAS.multiply(
      rows: rows, columns: columns, terms: terms,
      OpenBLAS.Factor(pointer: a, stride: left, isTransposed: first),
      OpenBLAS.Factor(pointer: b, stride: right, isTransposed: second), into: c, stride: columns,
      adding: false)
  }

  /// Some rows of A² to those of a I + b A + c A².
  private func setPolynomial(
    _ gram: UnsafePointer<Float>, _ square: UnsafeMutablePointer<Float>, rows: Range<Int>
  ) {
    let (a, b, c) = Self.coefficients
    for row in rows {
      let (x, y) = (gram + row * side, square + row * side)
      sweep(side) { i, lanes in store(load(x, i, lanes) * b + load(y, i, lanes) * c, y, i, lanes) }
      y[row] += a
    }
  }
}

/// Whole groups of sixteen floats.
func padded(_ count: Int) -> Int { (count + 15) & ~15 }
