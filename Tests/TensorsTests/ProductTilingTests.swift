import Testing

@testable import Tensors

struct ProductTilingTests {
  /// How many tiles: down, across, and parts of the terms.
  private func tiles(_ shape: ProductShape) -> [Int] {
    let tiling = ProductTiling(shape)
    func pieces(_ n: Int, _ size: Int) -> Int { (n + size - 1) / size }
    return [
      pieces(shape.rows, tiling.rows), pieces(shape.columns, tiling.columns),
      pieces(shape.terms, tiling.terms),
    ]
  }

  @Test(arguments: [ProductShape.Form.forward, .inputGradient])
  func manyRowsAreCutIntoTallTilesOfWholeRows(_ form: ProductShape.Form) {
    #expect(tiles(ProductShape(form, rows: 2048, columns: 1536, terms: 384)) == [8, 1, 1])
    #expect(tiles(ProductShape(form, rows: 16_384, columns: 384, terms: 384)) == [32, 1, 1])
  }
}
