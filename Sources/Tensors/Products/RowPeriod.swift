extension OpenBLAS {
  /// In a product whose number of rows is a multiple of this, rows that are a multiple of it apart get the same bits from
  /// the same numbers.
  ///
  /// 1 for kernels that compute all rows alike, as those for AVX-512. Those for AVX2 take rows 12 at a time and add the
  /// terms of the first six in another order than those of the others, and what is left behind the last 12 in a third one.
  public static let rowPeriod = candidates.first(where: repeats) ?? 48

  private static let candidates = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]

  /// Whether equal rows get equal bits where they are so many apart, in products of a few shapes.
  private static func repeats(every period: Int) -> Bool {
    let (rows, terms) = (max(1, 128 / period) * period, 40)
    return [3, 12, 16, 32].allSatisfy { columns in
      let (a, b) = (unevenNumbers(rows * terms, repeating: terms), unevenNumbers(columns * terms))
      let product = UnsafeMutableBufferPointer<Float>.allocate(capacity: rows * columns)
      defer { for buffer in [a, b, product] { buffer.deallocate() } }
      multiply(
        rows: rows, columns: columns, terms: terms,
        Factor(pointer: a.baseAddress!, stride: terms, isTransposed: false),
        Factor(pointer: b.baseAddress!, stride: terms, isTransposed: true),
        into: product.baseAddress!, stride: columns, adding: false)
      return (period * columns..<product.count).allSatisfy {
        product[$0].bitPattern == product[$0 - period * columns].bitPattern
      }
    }
  }

  /// Numbers whose sums are rounded.
  /// - Parameter length: after how many they begin anew.
  private static func unevenNumbers(_ count: Int, repeating length: Int = .max)
    -> UnsafeMutableBufferPointer<Float>
  {
    let numbers = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    for i in 0..<count { numbers[i] = 1 / (Float(i % length &* 7 % 113) + 3) }
    return numbers
  }
}
