import Tensors

/// Which numbers of an update are kept: those that go where the gradient says, too.
///
///     u ← u · [u and g have one sign] / max(share of such numbers, 10⁻³)
///
/// so that the update is as large as it was, in the mean of signs. The share is of the numbers that have a gradient, over a
/// parameter, or where Muon takes blocks over a block: rows of a table that no clip asked for do not enlarge the steps of the
/// others. Liang and others, "Cautious optimizers: improving training with one line of code", 2024.
enum CautiousMask {
  /// How many numbers are kept, and how many have a gradient.
  struct Count {
    var kept = 0, all = 0

    static func + (a: Count, b: Count) -> Count { Count(kept: a.kept + b.kept, all: a.all + b.all) }

    /// What the numbers that are kept are multiplied by.
    var scale: Float { Float(1 / max(Double(kept) / Double(max(1, all)), 1e-3)) }
  }

  /// Of n numbers, at most 2²⁴ a lane; `update` makes those from i on, whose lanes beyond the end are zeros.
  @inline(__always)
  static func count(
    _ n: Int, gradient: UnsafePointer<Float>, update: (_ i: Int, _ lanes: Int, _ gradient: Lanes) -> Lanes
  ) -> Count {
    var (kept, all) = (Lanes(repeating: 0), Lanes(repeating: 0))
    sweep(n) { i, c in
      let g = load(gradient, i, c)
      kept.replace(with: kept + 1, where: agree(update(i, c, g), g))
      all.replace(with: all + 1, where: g .!= 0)
    }
    return Count(kept: Int(kept.total), all: Int(all.total))
  }

  /// The numbers that are kept, times the scale; zero for the others.
  @inline(__always)
  static func apply(_ update: Lanes, _ gradient: Lanes, scale: Float) -> Lanes {
    var masked = Lanes(repeating: 0)
    masked.replace(with: update * scale, where: agree(update, gradient))
    return masked
  }

  /// By signs: a product of small numbers could be zero.
  @inline(__always)
  private static func agree(_ u: Lanes, _ g: Lanes) -> SIMDMask<SIMD16<Int32>> {
    ((u .> 0) .& (g .> 0)) .| ((u .< 0) .& (g .< 0))
  }
}
