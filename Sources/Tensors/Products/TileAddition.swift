/// c += a b for tiles of one shape, on the calling thread, by the library that multiplies factors of a precision.
package struct TileAddition {
  /// Sizes of c, and how many products are summed in each of its elements.
  private let rows: Int, columns: Int, terms: Int
  private let a: OneDNN.Factor, b: OneDNN.Factor
  private let stride: Int
  /// oneDNN's code, for factors of bfloat16.
  private let narrow: TileProduct?

  /// - Parameters:
  ///   - a: how the rows of a lie in memory, in numbers; likewise b.
  ///   - stride: floats from one row of c to the next.
  package init(
    rows: Int, columns: Int, terms: Int, _ a: OneDNN.Factor, _ b: OneDNN.Factor, stride: Int,
    _ precision: Precision
  ) {
    (self.rows, self.columns, self.terms) = (rows, columns, terms)
    (self.a, self.b, self.stride) = (a, b, stride)
    narrow =
      precision == .float32
      ? nil
      : OneDNN.product(
        OneDNN.Tile(
          rows: rows, columns: columns, terms: terms, a: a, b: b, stride: stride, addition: .output))
  }

  /// Floats that it needs to work in.
  package var scratchFloats: Int { narrow?.scratchFloats ?? 0 }

  /// - Parameters:
  ///   - left: the first number of a, a float or a bfloat16 by the precision; likewise `right`.
  ///   - work: `scratchFloats` floats.
  package func add(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, to c: UnsafeMutablePointer<Float>,
    work: UnsafeMutablePointer<Float>
  ) {
    if let narrow {
      narrow.compute(
        left.assumingMemoryBound(to: UInt16.self), right.assumingMemoryBound(to: UInt16.self), bias: nil,
        into: c, work: work)
    } else {
      OpenBLAS.multiply(
        rows: rows, columns: columns, terms: terms,
        OpenBLAS.Factor(
          pointer: left.assumingMemoryBound(to: Float.self), stride: a.stride, isTransposed: a.isTransposed),
        OpenBLAS.Factor(
          pointer: right.assumingMemoryBound(to: Float.self), stride: b.stride, isTransposed: b.isTransposed),
        into: c, stride: stride, adding: true)
    }
  }
}

extension Tensor {
  /// An element's place in memory, whatever the precision.
  package func place(of element: Int) -> UnsafeRawPointer {
    precision == .float32 ? UnsafeRawPointer(pointer + element) : UnsafeRawPointer(halves + element)
  }
}
