import Testing

@testable import Tensors

struct RowPeriodTests {
  /// Rows of the same numbers, in products of other shapes than those that the period was found by.
  @Test(arguments: [5, 8, 20, 64, 96], [27, 144, 864])
  func rowsAPeriodApartGetTheSameBits(columns: Int, terms: Int) {
    let period = OpenBLAS.rowPeriod
    let rows = 240 / period * period
    let (factor, weights, product) = (
      Tensor([rows, terms]), Tensor([columns, terms]), Tensor([rows, columns])
    )
    weights.fillGaussian(seed: 1, purpose: .check, step: 0)
    let row = Tensor([terms])
    row.fillGaussian(seed: 2, purpose: .check, step: 0)
    for r in 0..<rows { factor.row(r).update(from: row.pointer, count: terms) }
    OpenBLAS.multiply(
      rows: rows, columns: columns, terms: terms,
      OpenBLAS.Factor(pointer: factor.pointer, stride: terms, isTransposed: false),
      OpenBLAS.Factor(pointer: weights.pointer, stride: terms, isTransposed: true), into: product.pointer,
      stride: columns, adding: false)
    let bits = product.values.map(\.bitPattern)
    #expect(Array(bits[(period * columns)...]) == Array(bits[..<(bits.count - period * columns)]))
  }
}
