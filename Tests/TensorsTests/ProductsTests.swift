import COpenBLAS
import Tensors
import Testing

struct ProductsTests {
  /// m, n, k: single rows, columns and terms; odd sizes; more rows, columns and terms than a tile.
  static let sizes = [
    (1, 1, 1), (1, 7, 5), (7, 1, 5), (7, 5, 1), (3, 17, 33), (16, 16, 16), (65, 31, 19), (300, 3, 2),
    (33, 40, 257), (200, 390, 400), (5, 301, 70), (41, 23, 2100), (1100, 37, 65), (131, 250, 30),
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

  /// Sizes with tiles each way and parts of the terms, as layers have them.
  @Test(arguments: [(400, 500, 1300), (193, 385, 769), (25, 1024, 1152), (1000, 17, 400)])
  func largeProductsAreThoseOfTheFormula(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    let (a, b) = (random([m, k], 1), random([k, n], 2))
    let expected = product(a, b, plus: nil)
    let output = Tensor([m, n])
    multiply(a, transposed: transposed(b), into: output)
    #expect(relativeError(output, expected) < 2e-6)
    multiply(a, b, into: output)
    #expect(relativeError(output, expected) < 2e-6)
    output.fill(0)
    multiplyAdd(transposed: transposed(a), b, into: output)
    #expect(relativeError(output, expected) < 2e-6)
  }

  @Test(arguments: sizes + [(400, 500, 1300), (2049, 100, 33), (96, 97, 4100)])
  func bitsDoNotDependOnThreads(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    let (a, b, row) = (random([m, k], 1), random([k, n], 2), random([n], 3))
    let (at, bt) = (transposed(a), transposed(b))
    func bits(threads: Int) -> [[UInt32]] {
      Parallel.withThreads(threads) {
        let (forward, inputGradient, weightGradient) = (Tensor([m, n]), Tensor([m, n]), random([m, n], 4))
        multiply(a, transposed: bt, into: forward, plus: .row(row))
        multiply(a, b, into: inputGradient)
        multiplyAdd(transposed: at, b, into: weightGradient)
        return [forward, inputGradient, weightGradient].map { $0.values.map(\.bitPattern) }
      }
    }
    let one = bits(threads: 1)
    for threads in [2, 3, 7] { #expect(bits(threads: threads) == one, "\(threads) threads") }
  }

  @Test func productsMayHaveNoRowsAndNoTerms() {
    let (nothing, none) = (Tensor([0, 5]), Tensor([0, 7]))
    multiply(nothing, transposed: random([7, 5]), into: none, plus: .row(random([7])))
    multiply(nothing, random([5, 7]), into: none)
    // No terms: a weight's gradient over no tokens leaves what was there.
    let gradient = random([5, 7])
    multiplyAdd(transposed: nothing, none, into: gradient)
    #expect(gradient.values == random([5, 7]).values)
  }

  /// Denormal numbers count as zero in OpenBLAS's kernels too, on every thread.
  @Test(arguments: [1, 2])
  func denormalsAreZero(threads: Int) {
    let (a, b, output) = (Tensor([300, 8]), Tensor([200, 8]), Tensor([300, 200]))
    a.fill(1e-20)
    b.fill(1e-20)
    Parallel.withThreads(threads) { multiply(a, transposed: b, into: output) }
    #expect(output.values.allSatisfy { $0 == 0 })
  }

  /// OpenBLAS's own threads would fight ours.
  @Test func theLibraryComputesOnTheCallingThread() {
    multiply(random([300, 40], 1), transposed: random([50, 40], 2), into: Tensor([300, 50]))
    #expect(openblas_get_num_threads() == 1)
  }

  @Test func theLibraryHasANameForItsKernels() {
    #expect(!OpenBLAS.kernels.isEmpty)
    #expect(OpenBLAS.version.hasPrefix("OpenBLAS "))
    #expect(String(cString: openblas_get_config()).contains(OpenBLAS.kernels))
  }

  /// The count is that of the whole process.
  @Test func operationsAreCounted() async {
    await #expect(processExitsWith: .success) {
      let before = Work.productOperations
      multiply(random([3, 5], 1), transposed: random([7, 5], 2), into: Tensor([3, 7]))
      #expect(Work.productOperations - before == 2 * 3 * 5 * 7)
    }
  }
}
