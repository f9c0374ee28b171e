import CProcessor

/// How a number is kept in memory, and what the factors of a product are; sums and all else are in float32.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// 24 bits of precision.
  case float32
  /// The upper half of a float32: the same range, 8 bits of precision.
  case bfloat16

  /// Bytes of an element.
  public var bytes: Int { self == .float32 ? 4 : 2 }

  /// The precision of products where this one is asked for: float32 where there are no instructions for bfloat16.
  public var ofProducts: Precision {
    self == .bfloat16 && !OneDNN.multipliesBFloat16 ? .float32 : self
  }

  /// Why products are of another precision than this one; nil where they are of it.
  public var obstacle: String? {
    guard ofProducts != self else { return nil }
    return OneDNN.isBuiltForBFloat16
      ? "this processor has no instructions for it (\(OneDNN.instructions))"
      : "this program was built for a processor without instructions for it"
  }
}

private let tile = 16_384

extension Tensor {
  /// The same elements at a precision: this very tensor, or a new one if its precision is another.
  ///
  /// To bfloat16 numbers are rounded to the nearest, ties to even; NaN stays NaN. Back to float32 nothing is lost.
  public func converted(to precision: Precision) -> Tensor {
    if precision == self.precision { return self }
    let result = Tensor(shape, precision)
    result.copy(from: self)
    return result
  }

  /// The same elements as float32: this very tensor unless it was narrowed.
  public var widened: Tensor { converted(to: .float32) }

  /// Takes over the elements of `other`, which are rounded or widened if its precision is another.
  public func copy(from other: Tensor) {
    precondition(count == other.count, "cannot copy shape \(other.shape) to \(shape)")
    parallel(over: count, tile: tile) { copy(elements: $0, from: other) }
  }

  /// The same for some rows, on the calling thread.
  func copy(_ rows: Range<Int>, from other: Tensor) {
    copy(elements: rows.lowerBound * columns..<rows.upperBound * columns, from: other)
  }

  private func copy(elements: Range<Int>, from other: Tensor) {
    let (start, n) = (elements.lowerBound, elements.count)
    switch (other.precision, precision) {
    case (.float32, .float32): (pointer + start).update(from: other.pointer + start, count: n)
    case (.bfloat16, .bfloat16): (halves + start).update(from: other.halves + start, count: n)
    case (.float32, .bfloat16): narrow(other.pointer + start, n, into: halves + start)
    case (.bfloat16, .float32): widen(other.halves + start, n, into: pointer + start)
    }
  }
}

extension Tensor {
  /// Has some rows written: `body` fills one after the other, as floats, which are rounded if they are kept narrower.
  public func fillRows(
    _ rows: Range<Int>, _ body: (_ row: Int, _ target: UnsafeMutablePointer<Float>) -> Void
  ) {
    switch precision {
    case .float32: for r in rows { body(r, row(r)) }
    case .bfloat16:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { memory in
        let line = memory.baseAddress!
        for r in rows {
          body(r, line)
          narrow(line, columns, into: halves + r * columns)
        }
      }
    }
  }

  /// The same for elements, some thousand at a time.
  public func fillElements(
    _ elements: Range<Int>,
    _ body: (_ first: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int) -> Void
  ) {
    switch precision {
    case .float32: body(elements.lowerBound, pointer + elements.lowerBound, elements.count)
    case .bfloat16:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: pieceSize) { memory in
        let piece = memory.baseAddress!
        for first in stride(from: elements.lowerBound, to: elements.upperBound, by: pieceSize) {
          let count = min(pieceSize, elements.upperBound - first)
          body(first, piece, count)
          narrow(piece, count, into: halves + first)
        }
      }
    }
  }
}

/// Elements that are computed as floats before they are rounded: they stay in the first cache.
private let pieceSize = 2048

/// bfloat16 of n floats. Half of the last place that stays is added, a little less where that place is even.
package func narrow(_ x: UnsafePointer<Float>, _ n: Int, into y: UnsafeMutablePointer<UInt16>) {
  sweep(n) { i, c in
    let value = load(x, i, c)
    // By one instruction, which makes denormals zero and keeps the sign of NaN.
    if VFM_BFLOAT16_PRODUCTS == 1 && c == 16 {
      UnsafeMutableRawPointer(y + i).storeBytes(of: vfm_narrowed(value), as: SIMD16<UInt16>.self)
      return
    }
    let bits = unsafeBitCast(value, to: SIMD16<UInt32>.self)
    var rounded = (bits &+ (((bits &>> 16) & 1) &+ 0x7FFF)) &>> 16
    rounded.replace(with: 0x7FC0, where: value .!= value)
    let halves = SIMD16<UInt16>(truncatingIfNeeded: rounded)
    if c == 16 {
      UnsafeMutableRawPointer(y + i).storeBytes(of: halves, as: SIMD16<UInt16>.self)
    } else {
      for j in 0..<c { y[i + j] = halves[j] }
    }
  }
}

/// The floats of n bfloat16 numbers.
package func widen(_ x: UnsafePointer<UInt16>, _ n: Int, into y: UnsafeMutablePointer<Float>) {
  sweep(n) { i, c in
    var halves = SIMD16<UInt16>(repeating: 0)
    if c == 16 {
      halves = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD16<UInt16>.self)
    } else {
      for j in 0..<c { halves[j] = x[i + j] }
    }
    let bits = SIMD16<UInt32>(truncatingIfNeeded: halves) &<< 16
    store(unsafeBitCast(bits, to: Lanes.self), y, i, c)
  }
}
