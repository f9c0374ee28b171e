import CProcessor
import Tensors

// The innermost loop of attention's products: a tile of the output that is held in registers while all terms are added.
//
// Each step reads one row of the right factor's panel and a column of the left factor, and does 24 multiply-adds of
// sixteen floats (AVX-512), or of sixteen pairs of bfloat16, so it is arithmetic that binds: it runs at 98 % and more
// of the processor's peak where the left strip is in the first cache and the panel in the second. Each element is one
// chain of fused multiply-adds in the order of the terms, so its bits do not depend on the tile's shape, on the
// vectors' width, or on where it stands.

/// The columns of a tile: one group of lanes, or two.
protocol TileColumns {
  static var count: Int { get }
  init()
  init(loading p: UnsafePointer<Float>)
  mutating func add(_ x: Float, times b: Self)
  func store(to c: UnsafeMutablePointer<Float>, adding: Bool)
}

/// Sixteen columns: a half panel, and all that fits where there are few registers.
struct SixteenColumns<Term: ProductTerm>: TileColumns {
  static var count: Int { 16 }
  private var lanes = Lanes(repeating: 0)

  @inline(__always) init() {}
  @inline(__always) init(loading p: UnsafePointer<Float>) { lanes = load(p, 0, 16) }
  @inline(__always) mutating func add(_ x: Float, times b: Self) {
    Term.add(Lanes(repeating: x), times: b.lanes, to: &lanes)
  }
  @inline(__always) func store(to c: UnsafeMutablePointer<Float>, adding: Bool) {
    Tensors.store(adding ? load(c, 0, 16) + lanes : lanes, c, 0, 16)
  }
}

/// Thirty-two columns: each number of the left factor is read once for two multiply-adds.
struct ThirtyTwoColumns<Term: ProductTerm>: TileColumns {
  static var count: Int { 32 }
  private var left = SixteenColumns<Term>(), right = SixteenColumns<Term>()

  @inline(__always) init() {}
  @inline(__always) init(loading p: UnsafePointer<Float>) {
    (left, right) = (SixteenColumns(loading: p), SixteenColumns(loading: p + 16))
  }
  @inline(__always) mutating func add(_ x: Float, times b: Self) {
    left.add(x, times: b.left)
    right.add(x, times: b.right)
  }
  @inline(__always) func store(to c: UnsafeMutablePointer<Float>, adding: Bool) {
    left.store(to: c, adding: adding)
    right.store(to: c + 16, adding: adding)
  }
}

/// Six rows of a tile. Spelled out, because arrays are not kept in registers.
private struct SixRows<Columns: TileColumns> {
  private var row0 = Columns(), row1 = Columns(), row2 = Columns()
  private var row3 = Columns(), row4 = Columns(), row5 = Columns()

  @inline(__always) init() {}
  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, _ stride: Int, times b: Columns) {
    row0.add(a[0], times: b)
    row1.add(a[stride], times: b)
    row2.add(a[2 &* stride], times: b)
    row3.add(a[3 &* stride], times: b)
    row4.add(a[4 &* stride], times: b)
    row5.add(a[5 &* stride], times: b)
  }
  @inline(__always) func store(to c: UnsafeMutablePointer<Float>, _ stride: Int, adding: Bool) {
    row0.store(to: c, adding: adding)
    row1.store(to: c + stride, adding: adding)
    row2.store(to: c + 2 &* stride, adding: adding)
    row3.store(to: c + 3 &* stride, adding: adding)
    row4.store(to: c + 4 &* stride, adding: adding)
    row5.store(to: c + 5 &* stride, adding: adding)
  }
}

/// The left factor of a block: term p of row r stands at r · row + p · step.
struct LeftFactor {
  let pointer: UnsafePointer<Float>
  let row: Int, step: Int

  /// Rows that are `row` floats (or pairs) apart, and whose terms are `step` floats apart.
  @inline(__always) init(_ pointer: UnsafePointer<Float>, row: Int, step: Int = 1) {
    self.pointer = pointer
    self.row = row
    self.step = step
  }
}

/// The tile's shape on this processor: 12 × 32 takes 24 of 32 wide registers, 6 × 16 takes 12 of 16 narrow ones.
enum RegisterTile<Term: ProductTerm> {
  /// Whether sixteen floats fit one register.
  @inline(__always) static var isWide: Bool { VFM_WIDE_VECTORS == 1 }
  /// Rows of a tile.
  @inline(__always) static var rows: Int { isWide ? 12 : 6 }
  /// Columns of a tile and of a whole panel.
  @inline(__always) static var columns: Int { isWide ? 32 : 16 }

  /// c [rows, columns] = a [rows, depth] b [depth, columns], or added to c, for a whole panel b.
  @inline(never)
  static func multiply(
    _ depth: Int, _ a: LeftFactor, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    _ cStride: Int, adding: Bool
  ) {
    if isWide {
      multiply(ThirtyTwoColumns<Term>.self, depth, a, b, into: c, cStride, adding: adding)
    } else {
      multiply(SixteenColumns<Term>.self, depth, a, b, into: c, cStride, adding: adding)
    }
  }

  /// The same for a half panel of sixteen columns.
  @inline(never)
  static func multiplyHalf(
    _ depth: Int, _ a: LeftFactor, _ b: UnsafePointer<Float>, into c: UnsafeMutablePointer<Float>,
    _ cStride: Int, adding: Bool
  ) {
    multiply(SixteenColumns<Term>.self, depth, a, b, into: c, cStride, adding: adding)
  }

  @inline(__always)
  private static func multiply<Columns: TileColumns>(
    _: Columns.Type, _ depth: Int, _ a: LeftFactor, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, adding: Bool
  ) {
    var upper = SixRows<Columns>(), lower = SixRows<Columns>()
    var (top, middle, b) = (a.pointer, a.pointer + 6 &* a.row, b)
    for _ in 0..<depth {
      let columns = Columns(loading: b)
      upper.add(top, a.row, times: columns)
      if isWide { lower.add(middle, a.row, times: columns) }
      top += a.step
      middle += a.step
      b += Columns.count
    }
    upper.store(to: c, cStride, adding: adding)
    if isWide { lower.store(to: c + 6 &* cStride, cStride, adding: adding) }
  }
}
