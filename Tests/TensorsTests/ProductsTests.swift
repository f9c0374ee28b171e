import Tensors
import Testing

struct ProductsTests {
  /// m, n, k: single rows, columns and terms; odd sizes; more rows than a tile.
  static let sizes = [
    (1, 1, 1), (1, 7, 5), (7, 1, 5), (7, 5, 1), (3, 17, 33), (16, 16, 16), (65, 31, 19), (300, 3, 2),
    (33, 40, 257),
  ]

  @Test(arguments: sizes, [false, true])
  func productsAreThoseOfTheFormula(_ sizes: (m: Int, n: Int, k: Int), adding: Bool) {
    let (m, n, k) = sizes
    let (a, b) = (random([m, k], 1), random([k, n], 2))
    let (at, bt) = (transposed(a), transposed(b))
    let start = adding ? random([m, n], 3) : Tensor([m, n])
    if !adding { start.fill(.nan) }  // what is not added to is not read
    let expected = product(a, b, plus: adding ? start : nil)

    let forward = start.copied()
    multiply(a, transposed: bt, into: forward, adding: adding)
    #expect(relativeError(forward, expected) < 1e-6)

    let inputGradient = start.copied()
    multiply(a, b, into: inputGradient, adding: adding)
    #expect(relativeError(inputGradient, expected) < 1e-6)

    if adding {
      let weightGradient = start.copied()
      multiplyAdd(transposed: at, b, into: weightGradient)
      #expect(relativeError(weightGradient, expected) < 1e-6)
    }
  }

  @Test func rawRowsMayHaveStrides() {
    let (a, b, c) = (random([3, 9], 1), random([4, 11], 2), Tensor.zeros([3, 8]))
    // Columns 2..<5 of a times columns 1..<4 of b, transposed, into columns 3..<7 of c.
    sgemm(3, 4, 3, scale: 2, a.pointer + 2, 9, b.pointer + 1, 11, transposeB: true, into: c.pointer + 3, 8)
    for i in 0..<3 {
      for j in 0..<4 {
        let expected = 2 * (0..<3).reduce(0.0) { $0 + Double(a.row(i)[2 + $1]) * Double(b.row(j)[1 + $1]) }
        #expect(abs(Double(c.row(i)[3 + j]) - expected) < 1e-5)
      }
      #expect(c.row(i)[2] == 0 && c.row(i)[7] == 0)
    }
  }

  /// The count is that of the whole process.
  @Test func operationsAreCounted() async {
    await #expect(processExitsWith: .success) {
      let before = Work.productOperations
      multiply(random([3, 5], 1), transposed: random([7, 5], 2), into: Tensor([3, 7]))
      #expect(Work.productOperations - before == 2 * 3 * 5 * 7)
    }
  }

  private func transposed(_ a: Tensor) -> Tensor {
    let b = Tensor([a.columns, a.rows])
    for i in 0..<a.rows { for j in 0..<a.columns { b.row(j)[i] = a.row(i)[j] } }
    return b
  }

  private func product(_ a: Tensor, _ b: Tensor, plus start: Tensor?) -> [Double] {
    (0..<a.rows * b.columns).map { index in
      let (i, j) = (index / b.columns, index % b.columns)
      return (0..<a.columns).reduce(Double(start?.values[index] ?? 0)) {
        $0 + Double(a.row(i)[$1]) * Double(b.row($1)[j])
      }
    }
  }
}
