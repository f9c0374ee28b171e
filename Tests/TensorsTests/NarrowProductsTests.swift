import Testing

@testable import Tensors

/// Products of bfloat16 factors: exact ones of the rounded numbers, but for the sums' own rounding in float32.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct NarrowProductsTests {
  @Test(arguments: ProductsTests.sizes + [(400, 500, 1300), (193, 385, 769), (2049, 96, 64)], [false, true])
  func productsAreThoseOfTheRoundedFactors(_ sizes: (m: Int, n: Int, k: Int), adding: Bool) {
    let (m, n, k) = sizes
    let (a, b) = (rounded([m, k], 1), rounded([k, n], 2))
    let start = adding ? random([m, n], 3) : Tensor([m, n])
    if !adding { start.fill(.nan) }  // what is not added to is not read
    let expected = product(a.widened, b.widened, plus: adding ? start : nil)

    let forward = start.copied()
    multiply(a, transposed: turned(b), into: forward, plus: adding ? .output : .nothing)
    #expect(relativeError(forward, expected) < 2e-6)

    let inputGradient = start.copied()
    multiply(a, b, into: inputGradient, plus: adding ? .output : .nothing)
    #expect(relativeError(inputGradient, expected) < 2e-6)

    if adding {
      let weightGradient = start.copied()
      multiplyAdd(transposed: turned(a), b, into: weightGradient)
      #expect(relativeError(weightGradient, expected) < 2e-6)
    }
  }

  @Test(arguments: ProductsTests.sizes)
  func anAddendMayBeARowOrATensor(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    let (a, b, row, rows) = (rounded([m, k], 1), rounded([k, n], 2), random([n], 3), random([m, n], 4))
    let repeated = Tensor((0..<m).flatMap { _ in row.values }, [m, n])
    let sum = Tensor([m, n])
    multiply(a, transposed: turned(b), into: sum, plus: .row(row))
    #expect(relativeError(sum, product(a.widened, b.widened, plus: repeated)) < 2e-6)
    multiply(a, b, into: sum, plus: .tensor(rows))
    #expect(relativeError(sum, product(a.widened, b.widened, plus: rows)) < 2e-6)
  }

  @Test(arguments: ProductsTests.sizes + [(400, 500, 1300), (2049, 100, 33), (96, 97, 4100)])
  func bitsDoNotDependOnThreads(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    let (a, b, row) = (rounded([m, k], 1), rounded([k, n], 2), random([n], 3))
    func bits(threads: Int) -> [[UInt32]] {
      Parallel.withThreads(threads) {
        let (forward, inputGradient, weightGradient) = (Tensor([m, n]), Tensor([m, n]), random([m, n], 4))
        multiply(a, transposed: turned(b), into: forward, plus: .row(row))
        multiply(a, b, into: inputGradient)
        multiplyAdd(transposed: turned(a), b, into: weightGradient)
        return [forward, inputGradient, weightGradient].map { $0.values.map(\.bitPattern) }
      }
    }
    let one = bits(threads: 1)
    for threads in [2, 3, 7] { #expect(bits(threads: threads) == one, "\(threads) threads") }
  }

  @Test func productsMayHaveNoRowsAndNoTerms() {
    let sum = Tensor([0, 7])
    multiply(rounded([0, 5], 1), transposed: rounded([7, 5], 2), into: sum, plus: .row(random([7])))
    // No terms: a weight's gradient over no tokens leaves what was there.
    let gradient = random([3, 4], 5)
    let before = gradient.values
    multiplyAdd(transposed: rounded([0, 3], 1), rounded([0, 4], 2), into: gradient)
    #expect(gradient.values == before)
  }

  /// What oneDNN works in is ours, so a rehearsal knows it.
  @Test func aPlanCountsTheMemoryThatProductsWorkIn() async {
    await #expect(processExitsWith: .success) {
      func rounded(_ shape: [Int]) -> Tensor { random(shape, 1).converted(to: .bfloat16) }
      let (a, b, c) = (rounded([2048, 384]), rounded([1536, 384]), Tensor([2048, 1536]))
      func run() { multiply(a, transposed: b, into: c) }
      let plan = Plan.rehearse(run)
      let shape = ProductShape(.forward, rows: 2048, columns: 1536, terms: 384, .bfloat16)
      #expect(plan.products == [shape: 1])
      let before = Memory.statistics.requestedBytes
      run()
      #expect(Memory.statistics.requestedBytes - before == plan.memory.requestedBytes)
      let tile = OneDNN.Tile(
        rows: 256, columns: 1536, terms: 384, a: .init(stride: 384, isTransposed: false),
        b: .init(stride: 384, isTransposed: true), stride: 1536, addition: .nothing)
      let scratch = OneDNN.product(tile).scratchFloats
      #expect(scratch > 1000)
      #expect(plan.memory.requestedBytes >= min(8, Parallel.threads) * scratch * 4)
    }
  }

  /// A library that knows no code for a shape would fall back on a slow way without a word.
  @Test(arguments: [(2048, 384, 384), (33, 7, 5), (1, 1, 1), (300, 3, 2), (8, 2304, 384)])
  func everyShapeWithoutGapsHasFastCode(_ sizes: (m: Int, n: Int, k: Int)) {
    let (m, n, k) = sizes
    for (a, b) in [(false, true), (false, false), (true, false)] {
      let tile = OneDNN.Tile(
        rows: m, columns: n, terms: k, a: .init(stride: a ? m : k, isTransposed: a),
        b: .init(stride: b ? k : n, isTransposed: b), stride: n, addition: .output)
      #expect(OneDNN.product(tile).implementation.hasPrefix("brg:"), "\(tile)")
      // Of a part of a larger matrix, where rows have gaps between them.
      let part = OneDNN.Tile(
        rows: m, columns: n, terms: k, a: .init(stride: tile.a.stride + 3, isTransposed: a), b: tile.b,
        stride: n + 5, addition: .nothing)
      #expect(["brg:", "gemm:jit"].contains { OneDNN.product(part).implementation.hasPrefix($0) }, "\(part)")
    }
  }

  private func rounded(_ shape: [Int], _ sample: Int) -> Tensor {
    random(shape, sample).converted(to: .bfloat16)
  }
  private func turned(_ x: Tensor) -> Tensor { transposed(x.widened).converted(to: .bfloat16) }
}

struct FilledRowsTests {
  @Test(arguments: [Precision.float32, .bfloat16], [1, 16, 40])
  func rowsAreKeptAtThePrecision(_ precision: Precision, columns: Int) {
    let (x, y) = (random([5, columns], 1), Tensor([5, columns], precision))
    y.fillRows(0..<5) { r, target in target.update(from: x.row(r), count: columns) }
    #expect(y.widened.values == x.converted(to: precision).widened.values)
  }

  @Test(arguments: [Precision.float32, .bfloat16])
  func elementsAreKeptAtThePrecision(_ precision: Precision) {
    let (x, y) = (random([7001], 1), Tensor([7001], precision))
    y.fillElements(0..<3) { first, target, count in
      target.update(from: x.pointer + first, count: count)
    }
    y.fillElements(3..<7001) { first, target, count in
      target.update(from: x.pointer + first, count: count)
    }
    #expect(y.widened.values == x.converted(to: precision).widened.values)
  }

  @Test func aConversionMayAddUpColumnsOnTheWay() {
    let (x, sums, expected) = (random([130, 33], 1), random([33], 2), random([33], 2))
    addColumnSums(of: x, to: expected)
    let narrow = convertedAddingColumnSums(of: x, to: sums, .bfloat16)
    #expect(sums.values == expected.values)
    #expect(narrow.widened.values == x.converted(to: .bfloat16).widened.values)
  }
}
