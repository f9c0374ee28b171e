import Foundation
import Tensors

/// The rotary positions of V-JEPA 2, which mix neighbouring numbers of queries and keys by angles that grow with a token's
/// place in time, height and width.
///
/// Of each head's K numbers every axis takes d = 2⌊⌊K/3⌋/2⌋, in the order t, y, x; the rest is left alone. Within an axis, with
/// n = d/2 and ω_j = 10000^(−j/n), number e has the angle a_e = place · ω_(e mod n), and pairs (2i, 2i + 1) give
///
///     y_2i = x_2i · cos a_2i − x_2i+1 · sin a_2i,          y_2i+1 = x_2i+1 · cos a_2i+1 + x_2i · sin a_2i+1
///     dx_2i = dy_2i · cos a_2i + dy_2i+1 · sin a_2i+1,     dx_2i+1 = dy_2i+1 · cos a_2i+1 − dy_2i · sin a_2i
///
/// The two angles of a pair differ, so this is no rotation: frequencies are tiled where a rotation has each of them twice.
/// The published weights are trained with it (Assran et al., "V-JEPA 2", 2025), and need it as it is. `RotaryPositions`
/// rotates.
public struct TiledRotaryPositions: Sendable {
  /// K.
  public let headWidth: Int

  /// - Parameter headWidth: K, at least 6, so that each axis has a pair.
  public init(headWidth: Int) {
    precondition(headWidth >= 6, "three axes need a head width of at least 6")
    self.headWidth = headWidth
  }

  /// Cosines and sines of some tokens.
  public struct Table {
    let cosines: Tensor  // [R, K]
    let sines: Tensor  // [R, K], those of even numbers negative
  }

  /// The table of the selected tokens of clips of a t × h × w grid, [B·n, K]; without a selection of all of them, [N, K].
  public func table(_ grid: TokenGrid, at selection: TokenSelection? = nil) -> Table {
    let rows = selection.map { $0.clips * $0.count } ?? grid.tokens
    let table = Table(cosines: Tensor([rows, headWidth]), sines: Tensor([rows, headWidth]))
    let part = headWidth / 3 / 2 * 2
    let frequencies = (0..<part).map { pow(10_000, -Double($0 % (part / 2)) / Double(part / 2)) }
    parallel(over: rows, tile: 64) { range in
      for r in range {
        let n = selection.map { $0.row(of: r) % $0.tokens } ?? r
        let places = [n / (grid.height * grid.width), n / grid.width % grid.height, n % grid.width]
        let (cosines, sines) = (table.cosines.row(r), table.sines.row(r))
        for e in 0..<headWidth {
          let angle = e < 3 * part ? Double(places[e / part]) * frequencies[e % part] : 0
          cosines[e] = Float(cos(angle))
          sines[e] = Float(e % 2 == 0 ? -sin(angle) : sin(angle))
        }
      }
    }
    return table
  }

  /// Turns x [B·N, A·K] into y in place; a table of N rows repeats for each clip.
  public func forward(_ x: Tensor, by table: Table) {
    eachHead(of: x, table) { head, cosines, sines in
      sweep(headWidth) { i, c in
        let v = load(head, i, c)
        store((load(sines, i, c) * pairsSwapped(v)).addingProduct(v, load(cosines, i, c)), head, i, c)
      }
    }
  }

  /// Turns dy into dx in place.
  public func backward(_ gradient: Tensor, by table: Table) {
    eachHead(of: gradient, table) { head, cosines, sines in
      sweep(headWidth) { i, c in
        let v = load(head, i, c)
        store(pairsSwapped(v * load(sines, i, c)).addingProduct(v, load(cosines, i, c)), head, i, c)
      }
    }
  }

  private func eachHead(
    of x: Tensor, _ table: Table,
    _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    let (columns, period) = (x.columns, table.cosines.rows)
    precondition(
      columns % headWidth == 0 && x.rows % period == 0,
      "rows \(x.shape) are no heads of \(headWidth) at \(period) places")
    parallel(over: x.rows, tile: rowsPerTile(columns: columns)) { rows in
      for r in rows {
        for start in stride(from: 0, to: columns, by: headWidth) {
          body(x.row(r) + start, table.cosines.row(r % period), table.sines.row(r % period))
        }
      }
    }
  }
}
