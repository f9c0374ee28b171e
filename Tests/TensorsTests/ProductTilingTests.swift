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

  @Test(arguments: [ProductShape.Form.forward, .inputGradient])
  func fewRowsAreCutIntoColumns(_ form: ProductShape.Form) {
    #expect(tiles(ProductShape(form, rows: 8, columns: 2304, terms: 384)) == [1, 72, 1])
    #expect(tiles(ProductShape(form, rows: 128, columns: 384, terms: 384)) == [1, 4, 1])
  }

  /// Many tokens are cut into parts where there are few outputs; where there are few tokens, rows are.
  @Test func weightGradientsAreCutEachWay() {
    #expect(tiles(ProductShape(.weightGradient, rows: 384, columns: 384, terms: 2048)) == [2, 1, 4])
    #expect(tiles(ProductShape(.weightGradient, rows: 1536, columns: 384, terms: 2048)) == [4, 1, 2])
    #expect(tiles(ProductShape(.weightGradient, rows: 384, columns: 384, terms: 128)) == [4, 1, 1])
  }

  /// Of bfloat16 in flat tiles, and in parts of the terms where the weight is small.
  @Test func narrowWeightGradientsAreCutIntoFlatTiles() {
    func narrow(_ rows: Int, _ columns: Int) -> [Int] {
      tiles(ProductShape(.weightGradient, rows: rows, columns: columns, terms: 2048, .bfloat16))
    }
    #expect(narrow(1536, 384) == [8, 1, 1])
    #expect(narrow(384, 1536) == [2, 2, 2])
    #expect(narrow(384, 384) == [2, 1, 4])
    #expect(narrow(8, 8) == [1, 1, 4])
  }
}
