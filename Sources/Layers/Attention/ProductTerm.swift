import CProcessor
import Tensors

/// What attention's products add up, sixteen lanes at a time: products of two floats, or of two pairs of bfloat16.
///
/// A pair takes the place of a float in registers, strips and panels, so that all else is the same code for both; a
/// product then has half as many terms.
protocol ProductTerm {
  /// Whether a term is two numbers, which are rounded to make it.
  static var isPair: Bool { get }
  /// How many terms so many numbers are.
  static func count(_ numbers: Int) -> Int
  /// Sixteen terms along a row of numbers, from a term on; zeros beyond the row's `numbers`.
  static func along(_ row: UnsafePointer<Float>, _ term: Int, numbers: Int) -> Lanes
  /// One term of sixteen columns (or fewer), from rows of numbers `stride` floats apart; zeros beyond the last of `rows`.
  static func across(_ column: UnsafePointer<Float>, stride: Int, _ term: Int, rows: Int, columns: Int)
    -> Lanes
  /// sum + a b.
  static func add(_ a: Lanes, times b: Lanes, to sum: inout Lanes)
}

/// A float: one fused multiply-add a term.
enum FloatTerm: ProductTerm {
  @inline(__always) static var isPair: Bool { false }
  @inline(__always) static func count(_ numbers: Int) -> Int { numbers }
  @inline(__always) static func along(_ row: UnsafePointer<Float>, _ term: Int, numbers: Int) -> Lanes {
    load(row, term, min(16, numbers &- term))
  }
  @inline(__always) static func across(
    _ column: UnsafePointer<Float>, stride: Int, _ term: Int, rows: Int, columns: Int
  ) -> Lanes {
    load(column + term &* stride, 0, columns)
  }
  @inline(__always) static func add(_ a: Lanes, times b: Lanes, to sum: inout Lanes) {
    sum.addProduct(a, b)
  }
}

/// A pair of bfloat16, rounded to the nearest: two products and two additions, in float32, by one instruction.
enum PairTerm: ProductTerm {
  @inline(__always) static var isPair: Bool { true }
  @inline(__always) static func count(_ numbers: Int) -> Int { (numbers &+ 1) &>> 1 }
  @inline(__always) static func along(_ row: UnsafePointer<Float>, _ term: Int, numbers: Int) -> Lanes {
    let first = 2 &* term
    return vfm_neighbour_pairs(
      load(row, first, max(0, min(16, numbers &- first))),
      load(row, first &+ 16, max(0, min(16, numbers &- first &- 16))))
  }
  @inline(__always) static func across(
    _ column: UnsafePointer<Float>, stride: Int, _ term: Int, rows: Int, columns: Int
  ) -> Lanes {
    let row = column + 2 &* term &* stride
    let second = 2 &* term &+ 1 < rows ? load(row + stride, 0, columns) : Lanes(repeating: 0)
    return vfm_interleaved_pairs(load(row, 0, columns), second)
  }
  @inline(__always) static func add(_ a: Lanes, times b: Lanes, to sum: inout Lanes) {
    sum = vfm_add_pair_products(sum, a, b)
  }
}

extension ProductTerm {
  /// Rows of numbers as rows of terms, which may take the numbers' own places.
  static func round(
    rows: Int, _ numbers: UnsafePointer<Float>, stride: Int, count: Int,
    to target: UnsafeMutablePointer<Float>, stride targetStride: Int
  ) {
    let terms = Self.count(count)
    for r in 0..<rows {
      let (source, row) = (numbers + r &* stride, target + r &* targetStride)
      var term = 0
      while term < terms {
        store(along(source, term, numbers: count), row, term, min(16, terms &- term))
        term &+= 16
      }
    }
  }

  /// Rows of numbers as a left factor: floats where they lie, pairs rounded to other memory.
  static func leftFactor(
    rows: Int, _ numbers: UnsafePointer<Float>, stride: Int, count: Int,
    roundingTo target: UnsafeMutablePointer<Float>, stride targetStride: Int
  ) -> LeftFactor {
    guard isPair else { return LeftFactor(numbers, row: stride) }
    round(rows: rows, numbers, stride: stride, count: count, to: target, stride: targetStride)
    return LeftFactor(target, row: targetStride)
  }

  /// Rows of numbers as terms of their columns: term t of column c goes to t · stride + c. In whole lanes.
  static func roundColumns(
    rows: Int, _ numbers: UnsafePointer<Float>, stride: Int, columns: Int,
    to target: UnsafeMutablePointer<Float>, stride targetStride: Int
  ) {
    for term in 0..<count(rows) {
      let row = target + term &* targetStride
      var column = 0
      while column < columns {
        store(across(numbers + column, stride: stride, term, rows: rows, columns: 16), row, column, 16)
        column &+= 16
      }
    }
  }
}
