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

  /// The same for oneDNN's products of bfloat16.
  @Test(
    .enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"),
    arguments: [5, 8, 20, 64, 96, 384], [27, 144, 864, 3456])
  func narrowRowsAPeriodApartGetTheSameBits(columns: Int, terms: Int) {
    let period = Precision.bfloat16.rowPeriod
    let rows = 240 / period * period
    let weights = Tensor([columns, terms])
    weights.fillGaussian(seed: 1, purpose: .check, step: 0)
    let row = Tensor([terms])
    row.fillGaussian(seed: 2, purpose: .check, step: 0)
    let factor = Tensor((0..<rows).flatMap { _ in row.values }, [rows, terms]).converted(to: .bfloat16)
    let product = Tensor.zeros([rows, columns])
    let tile = TileAddition(
      rows: rows, columns: columns, terms: terms, .init(stride: terms, isTransposed: false),
      .init(stride: terms, isTransposed: true), stride: columns, .bfloat16)
    let (narrow, work) = (weights.converted(to: .bfloat16), Tensor([tile.scratchFloats]))
    withExtendedLifetime((factor, narrow, work)) {
      tile.add(factor.place(of: 0), narrow.place(of: 0), to: product.pointer, work: work.pointer)
    }
    let bits = product.values.map(\.bitPattern)
    #expect(Array(bits[(period * columns)...]) == Array(bits[..<(bits.count - period * columns)]))
  }
}
