import CProcessor
import Tensors

/// A loop of multiply-adds that never leaves the registers, on all threads: no product can be faster on this machine, unless the
/// processor multiplies whole tiles (AMX). Of bfloat16 each takes a pair of numbers a lane.
struct MultiplyAdds {
  let precision: Precision

  /// Tiles a run has, so that threads share it evenly, and rounds of a tile.
  private static let tiles = 64, rounds = 20_000
  /// The sum of all chains, a group of lanes for each tile, so that nothing can be left out.
  let results = Tensor([tiles * 16])

  init(_ precision: Precision = .float32) { self.precision = precision.ofProducts }

  /// Chains of multiply-adds that run at once: enough to wait for none, and few enough for the registers. All of them tend
  /// to 1.
  static var chains: Int { VFM_WIDE_VECTORS == 1 ? 12 : 6 }

  /// Floating-point operations of a run: a multiply and an add are two.
  var operations: Int {
    (precision == .bfloat16 ? 2 : 1) * 2 * 16 * Self.chains * Self.tiles * Self.rounds
  }

  func run() {
    parallel(over: Self.tiles, tile: 1) { range in
      for tile in range {
        var upper = SixChains(tile), lower = SixChains(tile)
        let (factor, rest, zeros) = (
          Lanes(repeating: 0.75), Lanes(repeating: 0.25), Lanes(repeating: 0)
        )
        if precision == .bfloat16 {
          for _ in 0..<Self.rounds {
            upper.stepPairs(zeros, factor)
            lower.stepPairs(zeros, factor)
          }
        } else {
          for _ in 0..<Self.rounds {
            upper.step(factor, rest)
            if VFM_WIDE_VECTORS == 1 { lower.step(factor, rest) }
          }
        }
        let sum = VFM_WIDE_VECTORS == 1 ? upper.sum + lower.sum : upper.sum
        store(sum, results.pointer, 16 * tile, 16)
      }
    }
  }
}

/// Six groups of lanes, spelled out because arrays are not kept in registers.
private struct SixChains {
  private var a, b, c, d, e, f: Lanes

  init(_ tile: Int) {
    let start = Float(tile)
    (a, b, c) = (Lanes(repeating: start), Lanes(repeating: start + 1), Lanes(repeating: start + 2))
    (d, e, f) = (Lanes(repeating: start + 3), Lanes(repeating: start + 4), Lanes(repeating: start + 5))
  }

  @inline(__always) mutating func step(_ factor: Lanes, _ rest: Lanes) {
    a = rest.addingProduct(a, factor)
    b = rest.addingProduct(b, factor)
    c = rest.addingProduct(c, factor)
    d = rest.addingProduct(d, factor)
    e = rest.addingProduct(e, factor)
    f = rest.addingProduct(f, factor)
  }

  @inline(__always) mutating func stepPairs(_ x: Lanes, _ y: Lanes) {
    a = vfm_add_pair_products(a, x, y)
    b = vfm_add_pair_products(b, x, y)
    c = vfm_add_pair_products(c, x, y)
    d = vfm_add_pair_products(d, x, y)
    e = vfm_add_pair_products(e, x, y)
    f = vfm_add_pair_products(f, x, y)
  }

  var sum: Lanes { a + b + c + d + e + f }
}
