/// A product of a few rows, by one thread: strips of the left factor times panels of the right one.
///
///     c [rows, columns] = a [rows, depth] b [depth, columns] + start
///
/// For kernels that cut their own tiles. Not to be called during a `Plan`; its work is counted by the caller.
public struct BlockProduct {
  /// b, as panels.
  let panels: Panels
  let right: UnsafePointer<Float>
  /// Which of b's rows are multiplied, and which of its panels.
  let terms: Range<Int>
  let columns: Range<Int>

  init(panels: Panels, right: UnsafePointer<Float>, terms: Range<Int>, columns: Range<Int>) {
    self.panels = panels
    self.right = right
    self.terms = terms
    self.columns = columns
  }

  /// Products with all of b, which is laid into panels at `memory`; or of its transpose, if that is what b's rows hold.
  ///
  /// - Parameters:
  ///   - memory: `panels.floats` floats.
  ///   - stride: floats from one row of b to the next.
  public init(
    _ panels: Panels, filling memory: UnsafeMutablePointer<Float>, from b: UnsafePointer<Float>, stride: Int,
    transposed: Bool = false
  ) {
    panels.fill(0..<panels.count, of: memory, from: b, stride: stride, transposed: transposed)
    self.init(panels: panels, right: memory, terms: 0..<panels.depth, columns: 0..<panels.count)
  }

  /// Floats of scratch memory that a product of `depth` terms needs.
  public static func scratch(depth: Int) -> Int {
    RegisterTile.rows * (stripStride(depth) + RegisterTile.columns)
  }

  /// Copied rows are set apart by a line, so that rows a power of two apart do not fall on the same lines of the cache.
  private static func stripStride(_ depth: Int) -> Int { (depth + 31) & ~15 }

  /// c = a b, or c += a b.
  ///
  /// - Parameters:
  ///   - a: the left factor's rows.
  ///   - c: the output's rows, `cStride` floats apart.
  ///   - copying: whether each strip of a is copied first, which pays where its rows are far apart in memory.
  ///   - scratch: `scratch(depth:)` floats to work in.
  public func multiply(
    rows: Int, _ a: LeftFactor, into c: UnsafeMutablePointer<Float>, _ cStride: Int, adding: Bool = false,
    copying: Bool = false, scratch: UnsafeMutablePointer<Float>
  ) {
    multiply(
      rows: rows, a, into: c, cStride, plus: adding ? Start(pointer: c, stride: cStride) : .nothing,
      copying: copying, scratch: scratch)
  }

  /// The same with any start, laid out like c; c begins at column 0, and only the columns of the panels are written.
  func multiply(
    rows: Int, _ a: LeftFactor, into c: UnsafeMutablePointer<Float>, _ cStride: Int, plus start: Start,
    copying: Bool, scratch: UnsafeMutablePointer<Float>
  ) {
    let edge = scratch + RegisterTile.rows * Self.stripStride(terms.count)
    for first in stride(from: 0, to: rows, by: RegisterTile.rows) {
      let count = min(RegisterTile.rows, rows - first)
      var strip = LeftFactor(a.pointer + first * a.row, row: a.row, step: a.step)
      if copying || count < RegisterTile.rows { strip = copy(strip, rows: count, to: scratch) }
      for panel in columns {
        let column = panel &* RegisterTile.columns
        let b = right + panels.place(panel, row: terms.lowerBound)
        let (target, addend) = (c + first &* cStride + column, start.from(row: first, column: column))
        let width = min(RegisterTile.columns, panels.columns &- column)
        if count == RegisterTile.rows && width == RegisterTile.columns {
          RegisterTile.multiply(terms.count, strip, b, into: target, cStride, plus: addend)
        } else if count == RegisterTile.rows && width == 16 {
          RegisterTile.multiplyHalf(terms.count, strip, b, into: target, cStride, plus: addend)
        } else {
          multiplyEdge(count, width, strip, b, panels.width(panel), into: target, cStride, addend, edge)
        }
      }
    }
  }

  /// A tile that sticks out of the output: computed beside it, and the part that counts is taken over.
  private func multiplyEdge(
    _ rows: Int, _ width: Int, _ strip: LeftFactor, _ b: UnsafePointer<Float>, _ panelWidth: Int,
    into c: UnsafeMutablePointer<Float>, _ cStride: Int, _ start: Start, _ tile: UnsafeMutablePointer<Float>
  ) {
    if panelWidth == RegisterTile.columns {
      RegisterTile.multiply(terms.count, strip, b, into: tile, panelWidth, plus: .nothing)
    } else {
      RegisterTile.multiplyHalf(terms.count, strip, b, into: tile, panelWidth, plus: .nothing)
    }
    for r in 0..<rows {
      let (source, target, addend) = (tile + r &* panelWidth, c + r &* cStride, start.row(r))
      sweep(width) { i, n in
        let terms = load(source, i, n)
        store(addend.map { load($0, i, n) + terms } ?? terms, target, i, n)
      }
    }
  }

  /// A strip's terms close together, and zeros for the rows that it lacks.
  private func copy(_ a: LeftFactor, rows: Int, to target: UnsafeMutablePointer<Float>) -> LeftFactor {
    if a.step == 1 {
      let stride = Self.stripStride(terms.count)
      for r in 0..<RegisterTile.rows {
        if r < rows {
          (target + r * stride).update(from: a.pointer + r * a.row, count: terms.count)
        } else {
          (target + r * stride).update(repeating: 0, count: terms.count)
        }
      }
      return LeftFactor(target, row: stride, step: 1)
    }
    for p in 0..<terms.count {
      let (source, column) = (a.pointer + p &* a.step, target + p &* RegisterTile.rows)
      if rows == RegisterTile.rows && a.row == 1 {
        copyColumn(source, column)
      } else {
        for r in 0..<RegisterTile.rows { column[r] = r < rows ? source[r &* a.row] : 0 }
      }
    }
    return LeftFactor(target, row: 1, step: RegisterTile.rows)
  }
}

/// `RegisterTile.rows` neighbouring floats, six at a time.
@inline(__always)
private func copyColumn(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
  func copySix(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(
      of: UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self), as: SIMD4<Float>.self)
    UnsafeMutableRawPointer(target + 4).storeBytes(
      of: UnsafeRawPointer(source + 4).loadUnaligned(as: SIMD2<Float>.self), as: SIMD2<Float>.self)
  }
  copySix(source, target)
  if RegisterTile.isWide { copySix(source + 6, target + 6) }
}
