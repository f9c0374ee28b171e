import Tensors
import Testing

struct ElementwiseTests {
  /// One element, odd counts, and more than one tile.
  static let counts = [1, 15, 16, 17, 1000, 16_384, 16_385, 50_001]

  @Test(arguments: counts)
  func elementsAreAddedScaledAndCopied(n: Int) {
    let (x, y) = (random([n], 1), random([n], 2))
    let (a, b) = (x.values, y.values)
    #expect((x + y).values == zip(a, b).map { $0 + $1 })
    let sum = x.copied()
    sum.add(y, scale: -0.5)
    #expect(sum.values == zip(a, b).map { $0 + -0.5 * $1 })
    sum.scale(by: 3)
    #expect(sum.values == zip(a, b).map { ($0 + -0.5 * $1) * 3 })
    sum.copy(from: y)
    #expect(sum.values == b)
    sum.fill(4)
    #expect(sum.values.allSatisfy { $0 == 4 })
    #expect(x.values == a && y.values == b)
  }

  @Test(arguments: counts)
  func sumsOfSquaresAreThoseOfTheFormula(n: Int) {
    let x = random([n])
    let expected = x.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(x.sumOfSquares / expected - 1) < 1e-6)
  }

  @Test(arguments: counts, [Float.nan, .infinity, -.infinity])
  func isFiniteFindsOneBadNumberAnywhere(n: Int, bad: Float) {
    let x = random([n])
    #expect(x.isFinite)
    for place in Set([0, 1, n / 3, n / 2, n - 2, n - 1]) where place >= 0 && place < n {
      let good = x.values[place]
      x.pointer[place] = bad
      #expect(!x.isFinite)
      x.pointer[place] = good
    }
    #expect(x.isFinite)
  }

  @Test func theLargestAndSmallestNumbersAreFinite() {
    #expect(
      Tensor([.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0], [4])
        .isFinite)
  }

  @Test(arguments: [(1, 1), (5, 3), (1, 70), (70, 1), (33, 129)])
  func columnSumsAddToARow(rows: Int, columns: Int) {
    let (x, row) = (random([rows, columns], 1), random([columns], 2))
    let expected = (0..<columns).map { column in
      (0..<rows).reduce(Double(row.values[column])) { $0 + Double(x.row($1)[column]) }
    }
    addColumnSums(of: x, to: row)
    #expect(relativeError(row, expected) < 1e-6)
  }

  @Test func reduceAddsTheTermsOfTiles() {
    let x = Tensor.zeros([40_000])
    x.fill(1)
    #expect(x.reduce { _, n in Double(n) } == 40_000)
  }
}
