import COpenBLAS
import Tensors
import Testing

struct ProductsTests {
  /// m, n, k: single rows, columns and terms; odd sizes; more rows than a tile.
  static let sizes = [
    (1, 1, 1), (1, 7, 5), (7, 1, 5), (7, 5, 1), (3, 17, 33), (16, 16, 16), (65, 31, 19), (300, 3, 2),
    (33, 40, 257), (200, 390, 400),
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
    multiply(a, transposed: bt, into: forward, plus: adding ? .output : .nothing)
    #expect(relativeError(forward, expected) < 1e-6)

    let inputGradient = start.copied()
    multiply(a, b, into: inputGradient, plus: adding ? .output : .nothing)
    #expect(relativeError(inputGradient, expected) < 1e-6)

    if adding {
      let weightGradient = start.copied()
      multiplyAdd(transposed: at, b, into: weightGradient)
      #expect(relativeError(weightGradient, expected) < 1e-6)
    }
  }

  @Test(arguments: sizes)
  func anAddendMayBeARowOrATensor(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    let (a, b, row, rows) = (random([m, k], 1), random([k, n], 2), random([n], 3), random([m, n], 4))
    let repeated = Tensor((0..<m).flatMap { _ in row.values }, [m, n])
    let sum = Tensor([m, n])
    multiply(a, transposed: transposed(b), into: sum, plus: .row(row))
    #expect(relativeError(sum, product(a, b, plus: repeated)) < 1e-6)
    multiply(a, b, into: sum, plus: .tensor(rows))
    #expect(relativeError(sum, product(a, b, plus: rows)) < 1e-6)
  }

  /// An independent implementation, on sizes with several tiles, blocks of terms and parts of panels each way.
  @Test(arguments: [(400, 500, 1300), (193, 385, 769), (25, 1024, 1152), (1000, 17, 400)])
  func productsAreThoseOfOpenBLAS(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    let (a, b) = (random([m, k], 1), random([k, n], 2))
    let expected = Tensor([m, n])
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.pointer, Int32(k),
      b.pointer, Int32(n), 0, expected.pointer, Int32(n))
    let doubles = expected.values.map(Double.init)
    let output = Tensor([m, n])
    multiply(a, transposed: transposed(b), into: output)
    #expect(relativeError(output, doubles) < 2e-6)
    multiply(a, b, into: output)
    #expect(relativeError(output, doubles) < 2e-6)
    output.fill(0)
    multiplyAdd(transposed: transposed(a), b, into: output)
    #expect(relativeError(output, doubles) < 2e-6)
  }

  @Test(arguments: sizes)
  func bitsDoNotDependOnThreads(_ sizes: (m: Int, n: Int, k: Int)) {
    let (a, b) = (random([sizes.m, sizes.k], 1), random([sizes.n, sizes.k], 2))
    let outputs = [1, 2, 5].map { threads in
      let output = Tensor([sizes.m, sizes.n])
      Parallel.withThreads(threads) { multiply(a, transposed: b, into: output) }
      return output.values.map(\.bitPattern)
    }
    #expect(outputs[0] == outputs[1] && outputs[0] == outputs[2])
  }

  @Test(arguments: [1, 5, 12, 13, 30, 47], [false, true])
  func blocksMayHaveStrides(rows: Int, copying: Bool) {
    // Columns 2..<7 of a times columns 1..<6 of the rows of b, into columns 3..<20 of c.
    let (a, b, c) = (random([rows, 9], 1), random([17, 11], 2), Tensor.zeros([rows, 24]))
    let panels = Panels(depth: 5, columns: 17)
    let (memory, scratch) = (Tensor([panels.floats]), Tensor([BlockProduct.scratch(depth: 5)]))
    let block = BlockProduct(
      panels, filling: memory.pointer, from: b.pointer + 1, stride: 11, transposed: true)
    for pass in 1...2 {
      block.multiply(
        rows: rows, LeftFactor(a.pointer + 2, row: 9), into: c.pointer + 3, 24, adding: pass == 2,
        copying: copying, scratch: scratch.pointer)
      for i in 0..<rows {
        for j in 0..<17 {
          let expected = (0..<5).reduce(0.0) { $0 + Double(a.row(i)[2 + $1]) * Double(b.row(j)[1 + $1]) }
          #expect(abs(Double(c.row(i)[3 + j]) - Double(pass) * expected) < 1e-5)
        }
        #expect(c.row(i)[2] == 0 && c.row(i)[20] == 0)
      }
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
