import Tensors

/// Bare matrix products of a model's shapes: the library's product (OpenBLAS's `sgemm`, or oneDNN's `matmul` of bfloat16) on
/// one thread in each tile, all threads at once.
///
/// Each shape is cut in the way that is fastest of a few for this number of threads, so that this is what the library can do
/// here, and what the program's own tiles, which follow from the shape alone, fall short of. All shapes share three
/// buffers.
struct ProductRoof {
  /// Shapes with how often each counts, the ones with most operations first.
  let shapes: [(shape: ProductShape, count: Int)]
  private let tilings: [Tiling]
  private let a: Factors, b: Factors
  private let c: Tensor

  init(_ products: [ProductShape: Int]) {
    shapes = products.map { (shape: $0.key, count: $0.value) }.sorted {
      ($0.shape.operations * $0.count, $0.shape.description)
        > ($1.shape.operations * $1.count, $1.shape.description)
    }
    func most(_ size: (ProductShape) -> Int) -> Int { products.keys.map(size).max() ?? 0 }
    let (a, b) = (Factors(most { $0.rows * $0.terms }), Factors(most { $0.terms * $0.columns }))
    let c = Tensor.zeros([most { $0.rows * $0.columns }])
    (self.a, self.b, self.c) = (a, b, c)
    tilings = shapes.map { shape, _ in
      let candidates = Tiling.candidates(shape, threads: Parallel.threads)
      let samples = measureInTurn(
        rounds: 3, candidates.map { tiling in { tiling.multiply(shape, a, b, into: c) } })
      return zip(candidates, samples).min { $0.1.least < $1.1.least }!.0
    }
  }

  /// One product of each shape, to be measured.
  var bodies: [() -> Void] {
    zip(shapes, tilings).map { entry, tiling in { tiling.multiply(entry.shape, a, b, into: c) } }
  }

  /// Operations a second over all shapes, from the durations of `bodies`: total operations over total time.
  func rate(_ samples: [Samples]) -> Double {
    let operations = shapes.reduce(0) { $0 + $1.shape.operations * $1.count }
    let seconds = zip(shapes, samples).reduce(0) { $0 + Double($1.0.count) * $1.1.median }
    return Double(operations) / seconds
  }
}

/// Into which tiles a product's output is cut.
private struct Tiling: Hashable {
  let rows: Int, columns: Int

  /// An equal share for each thread, by rows or by columns, and tiles of the usual sizes.
  static func candidates(_ shape: ProductShape, threads: Int) -> [Tiling] {
    func share(_ n: Int, _ parts: Int) -> Int { (n + parts - 1) / parts }
    let (m, n) = (shape.rows, shape.columns)
    let all = [
      Tiling(rows: share(m, threads), columns: n), Tiling(rows: m, columns: share(n, threads)),
      Tiling(rows: share(m, 2 * threads), columns: n), Tiling(rows: min(m, 256), columns: n),
      Tiling(rows: min(m, 512), columns: n),
    ]
    return Array(Set(all)).sorted { ($0.rows, $0.columns) < ($1.rows, $1.columns) }
  }

  func multiply(_ shape: ProductShape, _ a: Factors, _ b: Factors, into c: Tensor) {
    let (m, n, k) = (shape.rows, shape.columns, shape.terms)
    let (transposesA, transposesB) = (shape.form == .weightGradient, shape.form == .forward)
    let down = (m + rows - 1) / rows
    let across = (n + columns - 1) / columns
    parallel(over: down * across, tile: 1, as: .products) { range in
      for tile in range {
        let (top, left) = (tile % down * rows, tile / down * columns)
        let (placeA, placeB) = (top * (transposesA ? 1 : k), left * (transposesB ? k : 1))
        BareProduct(
          rows: min(rows, m - top), columns: min(columns, n - left), terms: k,
          strides: (transposesA ? m : k, transposesB ? k : n, n), transposes: (transposesA, transposesB),
          adding: transposesA  // a weight's gradient is added to
        ).compute(a, placeA, b, placeB, into: c.pointer + top * n + left, shape.precision)
      }
    }
  }
}

/// A factor's numbers at both precisions.
struct Factors {
  let wide: Tensor, narrow: Tensor

  init(_ count: Int) {
    wide = Tensor([count])
    wide.fill(0.01)
    narrow = wide.converted(to: .bfloat16)
  }
}
