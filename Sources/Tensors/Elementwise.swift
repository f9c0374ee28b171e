// Whole-tensor loops that belong to no layer.

/// Elements a tile of an element-wise loop holds.
private let tile = 16_384

extension Tensor {
  /// Sets every element.
  public func fill(_ value: Float) {
    parallel(over: count, tile: tile) { range in
      (pointer + range.lowerBound).update(repeating: value, count: range.count)
    }
  }

  /// Adds `other`, element by element.
  public func add(_ other: Tensor) { add(other, scale: 1) }

  /// Adds `scale · other`, element by element.
  public func add(_ other: Tensor, scale: Float) {
    precondition(count == other.count, "cannot add shape \(other.shape) to \(shape)")
    parallel(over: count, tile: tile) { range in
      let (x, y) = (pointer + range.lowerBound, other.pointer + range.lowerBound)
      let factor = Lanes(repeating: scale)
      sweep(range.count) { i, c in store(load(x, i, c).addingProduct(factor, load(y, i, c)), x, i, c) }
    }
  }

  /// Multiplies every element.
  public func scale(by factor: Float) {
    parallel(over: count, tile: tile) { range in
      let x = pointer + range.lowerBound
      sweep(range.count) { i, c in store(load(x, i, c) * factor, x, i, c) }
    }
  }

  /// Brings every element within bounds.
  public func clamp(_ bounds: ClosedRange<Float>) {
    let (low, high) = (Lanes(repeating: bounds.lowerBound), Lanes(repeating: bounds.upperBound))
    parallel(over: count, tile: tile) { range in
      let x = pointer + range.lowerBound
      sweep(range.count) { i, c in
        var v = load(x, i, c)
        v.replace(with: low, where: v .< low)
        v.replace(with: high, where: v .> high)
        store(v, x, i, c)
      }
    }
  }

  /// A new tensor with the same elements.
  public func copied() -> Tensor {
    let copy = Tensor(shape)
    copy.copy(from: self)
    return copy
  }

  /// The element-wise sum of two tensors, as a new one.
  public static func + (left: Tensor, right: Tensor) -> Tensor {
    let sum = left.copied()
    sum.add(right)
    return sum
  }

  /// The sum over the tile results of `term`, which sees a range of elements; added in tile order, in double precision.
  public func reduce(_ term: (_ pointer: UnsafePointer<Float>, _ count: Int) -> Double) -> Double {
    let tiles = (count + tile - 1) / tile
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(tiles, 1)) { partial in
      partial.initialize(repeating: 0)
      let sums = partial.baseAddress!
      parallel(over: count, tile: tile) { range in
        sums[range.lowerBound / tile] = term(pointer + range.lowerBound, range.count)
      }
      return partial.prefix(tiles).reduce(0, +)
    }
  }

  /// Σ xᵢ². Zero during a `Plan`.
  public var sumOfSquares: Double { reduce { x, n in Double(dot(x, x, n)) } }

  /// Whether no element is infinite or not a number.
  public var isFinite: Bool {
    // x · 0 is 0 for finite x and NaN for all others, and NaN survives every sum.
    reduce { x, n in
      var total = Lanes(repeating: 0)
      sweep(n) { i, c in total.addProduct(load(x, i, c), Lanes(repeating: 0)) }
      return Double(total.total)
    } == 0
  }
}
