import Tensors

/// A product of a few rows, by one thread: strips of the left factor times panels of the right one.
///
///     c [rows, columns] = a [rows, numbers] b [numbers, columns], or added to c
///
/// Attention's own, for no library's product can be followed by a softmax while it is in the cache. Not to be called
/// during a `Plan`; its work is counted by the caller.
struct BlockProduct<Term: ProductTerm> {
  /// b, as panels.
  let panels: Panels<Term>
  private let right: UnsafePointer<Float>

  /// Products with b, which is laid into panels at `memory`; or with its transpose, if that is what b's rows hold.
  ///
  /// - Parameters:
  ///   - memory: `panels.floats` floats.
  ///   - stride: floats from one row of b to the next.
  init(
    _ panels: Panels<Term>, filling memory: UnsafeMutablePointer<Float>, from b: UnsafePointer<Float>,
    stride: Int,
    transposed: Bool = false
  ) {
    panels.fill(memory, from: b, stride: stride, transposed: transposed)
    (self.panels, right) = (panels, UnsafePointer(memory))
  }

  /// Floats of scratch memory that a product of `depth` terms needs.
  static func scratch(depth: Int) -> Int {
    RegisterTile<Term>.rows * (stripStride(depth) + RegisterTile<Term>.columns)
  }

  /// Copied rows are set apart by a line, so that rows a power of two apart do not fall on the same lines of the cache.
  private static func stripStride(_ depth: Int) -> Int { (depth + 31) & ~15 }

  /// c = a b, or c += a b.
  ///
  /// - Parameters:
  ///   - a: the left factor's rows, in terms.
  ///   - c: the output's rows, `cStride` floats apart.
  ///   - copying: whether each strip of a is copied first, which pays where its rows are far apart in memory.
  ///   - scratch: `scratch(depth:)` floats to work in.
  func multiply(
    rows: Int, _ a: LeftFactor, into c: UnsafeMutablePointer<Float>, _ cStride: Int, adding: Bool = false,
    copying: Bool = false, scratch: UnsafeMutablePointer<Float>
  ) {
    let depth = panels.depth
    let edge = scratch + RegisterTile<Term>.rows * Self.stripStride(depth)
    for first in stride(from: 0, to: rows, by: RegisterTile<Term>.rows) {
      let count = min(RegisterTile<Term>.rows, rows - first)
      var strip = LeftFactor(a.pointer + first * a.row, row: a.row, step: a.step)
      if copying || count < RegisterTile<Term>.rows { strip = copy(strip, rows: count, to: scratch) }
      for panel in 0..<panels.count {
        let column = panel &* RegisterTile<Term>.columns
        let b = right + panels.place(panel)
        let target = c + first &* cStride + column
        let width = min(RegisterTile<Term>.columns, panels.columns &- column)
        if count == RegisterTile<Term>.rows && width == RegisterTile<Term>.columns {
          RegisterTile<Term>.multiply(depth, strip, b, into: target, cStride, adding: adding)
        } else if count == RegisterTile<Term>.rows && width == 16 {
          RegisterTile<Term>.multiplyHalf(depth, strip, b, into: target, cStride, adding: adding)
        } else {
          multiplyEdge(count, width, strip, b, panels.width(panel), into: target, cStride, adding, edge)
        }
      }
    }
  }

  /// A tile that sticks out of the output: computed beside it, and the part that counts is taken over.
  private func multiplyEdge(
    _ rows: Int, _ width: Int, _ strip: LeftFactor, _ b: UnsafePointer<Float>, _ panelWidth: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, _ adding: Bool, _ tile: UnsafeMutablePointer<Float>
  ) {
    if panelWidth == RegisterTile<Term>.columns {
      RegisterTile<Term>.multiply(panels.depth, strip, b, into: tile, panelWidth, adding: false)
    } else {
      RegisterTile<Term>.multiplyHalf(panels.depth, strip, b, into: tile, panelWidth, adding: false)
    }
    for r in 0..<rows {
      let (source, target) = (tile + r &* panelWidth, c + r &* cStride)
      sweep(width) { i, n in
        let terms = load(source, i, n)
        store(adding ? load(target, i, n) + terms : terms, target, i, n)
      }
    }
  }

  /// A strip's terms close together, and zeros for the rows that it lacks.
  private func copy(_ a: LeftFactor, rows: Int, to target: UnsafeMutablePointer<Float>) -> LeftFactor {
    if a.step == 1 {
      let stride = Self.stripStride(panels.depth)
      for r in 0..<RegisterTile<Term>.rows {
        if r < rows {
          (target + r * stride).update(from: a.pointer + r * a.row, count: panels.depth)
        } else {
          (target + r * stride).update(repeating: 0, count: panels.depth)
        }
      }
      return LeftFactor(target, row: stride, step: 1)
    }
    for p in 0..<panels.depth {
      let (source, column) = (a.pointer + p &* a.step, target + p &* RegisterTile<Term>.rows)
      if rows == RegisterTile<Term>.rows && a.row == 1 {
        copyColumn(source, column, isWide: RegisterTile<Term>.isWide)
      } else {
        for r in 0..<RegisterTile<Term>.rows { column[r] = r < rows ? source[r &* a.row] : 0 }
      }
    }
    return LeftFactor(target, row: 1, step: RegisterTile<Term>.rows)
  }
}

/// `RegisterTile.rows` neighbouring floats, six at a time.
@inline(__always)
private func copyColumn(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, isWide: Bool) {
  func copySix(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(
      of: UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self), as: SIMD4<Float>.self)
    UnsafeMutableRawPointer(target + 4).storeBytes(
      of: UnsafeRawPointer(source + 4).loadUnaligned(as: SIMD2<Float>.self), as: SIMD2<Float>.self)
  }
  copySix(source, target)
  if isWide { copySix(source + 6, target + 6) }
}
