import Foundation
import Tensors

/// Rotates pairs of neighbouring numbers of queries and keys by angles that grow with a token's place in time, height and
/// width, so that scores depend on distances.
///
/// Of each head's K numbers, h and w take 2⌊K/6⌋ each and t the rest; within a part of size P, pair i is rotated by
/// position · θ^(−2i/P). Su et al., "RoFormer", 2021; the three-way split is Wan 2.1's.
public struct RotaryPositions: Sendable {
  /// K, even.
  public let headWidth: Int
  /// θ.
  public let base: Double

  /// - Parameter headWidth: K, even and at least 6, so that each axis has a pair.
  public init(headWidth: Int, base: Double = 10_000) {
    precondition(
      headWidth % 2 == 0 && headWidth >= 6, "rotary positions need an even head width of at least 6")
    self.headWidth = headWidth
    self.base = base
  }

  /// Cosines and sines for each token of a grid.
  public struct Table {
    let cosines: Tensor  // [N, K], each pair's value twice
    let sines: Tensor  // [N, K], with the sign that its partner needs: (−s, s)
    /// N = t·h·w.
    public var tokens: Int { cosines.rows }
  }

  /// The table of a t × h × w grid, tokens in that order. Angles are computed in double precision.
  public func table(frames: Int, height: Int, width: Int) -> Table {
    let spatial = 2 * (headWidth / 6)
    let parts = [headWidth - 2 * spatial, spatial, spatial]
    let tokens = frames * height * width
    let table = Table(cosines: Tensor([tokens, headWidth]), sines: Tensor([tokens, headWidth]))
    parallel(over: tokens, tile: 64) { range in
      for n in range {
        let place = [n / (height * width), n / width % height, n % width]
        var column = 0
        for (part, position) in zip(parts, place) {
          for i in stride(from: 0, to: part, by: 2) {
            let angle = Double(position) * pow(base, -Double(i) / Double(part))
            for side in 0..<2 {
              table.cosines.row(n)[column + side] = Float(cos(angle))
              table.sines.row(n)[column + side] = Float(side == 0 ? -sin(angle) : sin(angle))
            }
            column += 2
          }
        }
      }
    }
    return table
  }

  /// Rotates some rows of x [B·N, A·K] in place by the angles of the table, whose N tokens repeat for each clip.
  public func rotate(_ rows: Range<Int>, of x: Tensor, by table: Table) {
    rotate(rows, of: x, by: table, direction: 1)
  }

  /// Rotates some rows of the gradient of a rotated tensor back, in place: they become the gradient of the tensor before.
  public func rotateBack(_ rows: Range<Int>, of gradient: Tensor, by table: Table) {
    rotate(rows, of: gradient, by: table, direction: -1)
  }

  private func rotate(_ rows: Range<Int>, of x: Tensor, by table: Table, direction: Float) {
    let (tokens, width, k) = (table.tokens, x.columns, headWidth)
    precondition(width % k == 0, "heads of width \(k) do not divide width \(width)")
    precondition(x.rows % tokens == 0, "\(x.rows) rows are not whole clips of \(tokens) tokens")
    for r in rows {
      let (cosines, sines) = (table.cosines.row(r % tokens), table.sines.row(r % tokens))
      for start in stride(from: 0, to: width, by: k) {
        let head = x.row(r) + start
        // y₀ = x₀ cos − x₁ sin, y₁ = x₁ cos + x₀ sin: each number with its partner and the partner's signed sine.
        sweep(k) { i, c in
          let v = load(head, i, c)
          let partner = pairsSwapped(v)
          let rotated = (load(sines, i, c) * direction * partner).addingProduct(v, load(cosines, i, c))
          store(rotated, head, i, c)
        }
      }
    }
  }
}

/// Each number in the place of its neighbour: a pair is 64 bits, rotated by 32.
@inline(__always)
func pairsSwapped(_ v: Lanes) -> Lanes {
  let pairs = unsafeBitCast(v, to: SIMD8<UInt64>.self)
  return unsafeBitCast((pairs &<< 32) | (pairs &>> 32), to: Lanes.self)
}
