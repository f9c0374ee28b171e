import CProcessor

// Sixteen floats at a time: the words that the kernels of the layers are written in.
//
// Swift has no fast-math, so a plain sum is serial; these accumulate in lanes. Convenience methods of SIMD types that
// fall to scalar code in hot loops (`clamped`, `rounded`, conversions to integers) are avoided on purpose.

/// Sixteen floats: one AVX-512 register, or two of AVX2.
public typealias Lanes = SIMD16<Float>

/// Calls `body(i, 16)` for each full group of sixteen in 0..<n, and once with fewer for what is left.
@inlinable @inline(__always)
public func sweep(_ n: Int, _ body: (_ i: Int, _ lanes: Int) -> Void) {
  var i = 0
  while i &+ 16 <= n {
    body(i, 16)
    i &+= 16
  }
  if i < n { body(i, n &- i) }
}

/// Elements i..<i + lanes; lanes beyond are zero.
@inlinable @inline(__always)
public func load(_ p: UnsafePointer<Float>, _ i: Int, _ lanes: Int) -> Lanes {
  lanes == 16 ? UnsafeRawPointer(p + i).loadUnaligned(as: Lanes.self) : loadPart(p + i, lanes)
}

/// Writes the first `lanes` of `v` to elements i..<i + lanes.
@inlinable @inline(__always)
public func store(_ v: Lanes, _ p: UnsafeMutablePointer<Float>, _ i: Int, _ lanes: Int) {
  if lanes == 16 {
    UnsafeMutableRawPointer(p + i).storeBytes(of: v, as: Lanes.self)
  } else {
    storePart(v, p + i, lanes)
  }
}

// Ends of rows are rare: kept out of the loops, they leave these short enough to be inlined.

@usableFromInline @inline(never)
func loadPart(_ p: UnsafePointer<Float>, _ lanes: Int) -> Lanes {
  var v = Lanes(repeating: 0)
  for j in 0..<lanes { v[j] = p[j] }
  return v
}

@usableFromInline @inline(never)
func storePart(_ v: Lanes, _ p: UnsafeMutablePointer<Float>, _ lanes: Int) {
  for j in 0..<lanes { p[j] = v[j] }
}

extension SIMD16<Float> {
  /// The sum of all lanes, halves first. The library's `sum()` goes through them one by one.
  @inlinable @inline(__always)
  public var total: Float {
    let eight = lowHalf + highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The greatest of all lanes.
  @inlinable @inline(__always)
  public var greatest: Float {
    var eight = lowHalf
    eight.replace(with: highHalf, where: highHalf .> eight)
    var four = eight.lowHalf
    four.replace(with: eight.highHalf, where: eight.highHalf .> four)
    return Swift.max(Swift.max(four.x, four.y), Swift.max(four.z, four.w))
  }
}

/// The square root of each lane. The library's `squareRoot()` of a vector takes them one by one.
@inlinable @inline(__always)
public func squareRoot(_ x: Lanes) -> Lanes { vfm_square_roots(x) }

/// The sum of n floats, lane by lane.
@inlinable @inline(__always)
public func sum(_ x: UnsafePointer<Float>, _ n: Int) -> Float {
  var total = Lanes(repeating: 0)
  sweep(n) { i, c in total += load(x, i, c) }
  return total.total
}

/// Σ xᵢ yᵢ over n floats.
@inlinable @inline(__always)
public func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ n: Int) -> Float {
  var total = Lanes(repeating: 0)
  sweep(n) { i, c in total.addProduct(load(x, i, c), load(y, i, c)) }
  return total.total
}

/// eˣ with a relative error below 3e-7, for x in −87…88; beyond, the value at the nearest end. NaN stays NaN.
@inlinable @inline(__always)
public func exponential(_ x: Lanes) -> Lanes {
  var z = x
  z.replace(with: Lanes(repeating: 88), where: z .> 88)
  z.replace(with: Lanes(repeating: -87), where: z .< -87)
  // x = n ln 2 + r: adding 1.5 · 2²³ rounds to the whole number n, whose bits then stand at the end of the sum's.
  let shifted = Lanes(repeating: 12_582_912).addingProduct(z, Lanes(repeating: 1.442_695_04))
  let n = shifted - 12_582_912
  var r = z.addingProduct(n, Lanes(repeating: -0.693_145_75))
  r = r.addingProduct(n, Lanes(repeating: -1.428_606_8e-6))
  // eʳ by its series: seven terms suffice for |r| ≤ ln 2 / 2.
  var p = Lanes(repeating: 1 / 720)
  p = Lanes(repeating: 1 / 120).addingProduct(p, r)
  p = Lanes(repeating: 1 / 24).addingProduct(p, r)
  p = Lanes(repeating: 1 / 6).addingProduct(p, r)
  p = Lanes(repeating: 0.5).addingProduct(p, r)
  p = Lanes(repeating: 1).addingProduct(p, r)
  p = Lanes(repeating: 1).addingProduct(p, r)
  let exponent = (unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &- (0x4B40_0000 &- 127)) &<< 23
  return p * unsafeBitCast(exponent, to: Lanes.self)
}

/// 1 / (1 + e⁻ˣ).
@inlinable @inline(__always)
public func sigmoid(_ x: Lanes) -> Lanes { 1 / (1 + exponential(-x)) }
