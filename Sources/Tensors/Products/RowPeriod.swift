extension OpenBLAS {
  /// In a product whose number of rows is a multiple of this, rows that are a multiple of it apart get the same bits from
  /// the same numbers.
  ///
  /// 1 for kernels that compute all rows alike, as those for AVX-512. Those for AVX2 take rows 12 at a time and add the
  /// terms of the first six in another order than those of the others, and what is left behind the last 12 in a third one.
  public static let rowPeriod = RowPeriod.found { rows, columns, terms, a, b, product in
    multiply(
      rows: rows, columns: columns, terms: terms, Factor(pointer: a, stride: terms, isTransposed: false),
      Factor(pointer: b, stride: terms, isTransposed: true), into: product, stride: columns, adding: false)
  }
}

extension OneDNN {
  /// The same of its products, whose rows are computed alike wherever they stand as far as is known.
  public static let rowPeriod = RowPeriod.found { rows, columns, terms, a, b, product in
    let code = OneDNN.product(
      Tile(
        rows: rows, columns: columns, terms: terms, a: Factor(stride: terms, isTransposed: false),
        b: Factor(stride: terms, isTransposed: true), stride: columns, addition: .nothing))
    // Memory of the system's, not tensors: the first who asks may be a rehearsal, whose tensors have none.
    func memory<Number>(_ count: Int) -> UnsafeMutablePointer<Number> {
      UnsafeMutableRawPointer.allocate(byteCount: max(64, count * MemoryLayout<Number>.stride), alignment: 64)
        .assumingMemoryBound(to: Number.self)
    }
    let left: UnsafeMutablePointer<UInt16> = memory(rows * terms)
    let right: UnsafeMutablePointer<UInt16> = memory(columns * terms)
    let work: UnsafeMutablePointer<Float> = memory(code.scratchFloats)
    defer {
      for pointer in [
        UnsafeMutableRawPointer(left), UnsafeMutableRawPointer(right), UnsafeMutableRawPointer(work),
      ] { pointer.deallocate() }
    }
    narrow(a, rows * terms, into: left)
    narrow(b, columns * terms, into: right)
    code.compute(left, right, bias: nil, into: product, work: work)
  }
}

extension Precision {
  /// The period of products whose factors are of this precision.
  public var rowPeriod: Int { self == .bfloat16 ? OneDNN.rowPeriod : OpenBLAS.rowPeriod }
}

/// Finds a period by trying.
private enum RowPeriod {
  private static let candidates = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]

  /// product [rows, columns] = a bᵀ, for a [rows, terms] and b [columns, terms].
  typealias Multiplication = (
    _ rows: Int, _ columns: Int, _ terms: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ product: UnsafeMutablePointer<Float>
  ) -> Void

  static func found(_ multiply: Multiplication) -> Int {
    candidates.first { repeats(every: $0, multiply) } ?? 48
  }

  /// Whether equal rows get equal bits where they are so many apart, in products of a few shapes.
  private static func repeats(every period: Int, _ multiply: Multiplication) -> Bool {
    let rows = max(1, 128 / period) * period
    return [(3, 40), (12, 40), (16, 40), (32, 40), (384, 600)].allSatisfy { columns, terms in
      let (a, b) = (unevenNumbers(rows * terms, repeating: terms), unevenNumbers(columns * terms))
      let product = UnsafeMutableBufferPointer<Float>.allocate(capacity: rows * columns)
      defer { for buffer in [a, b, product] { buffer.deallocate() } }
      multiply(rows, columns, terms, a.baseAddress!, b.baseAddress!, product.baseAddress!)
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
