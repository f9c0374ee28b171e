import COpenBLAS
import Tensors

/// One call of a library for a product, or c += a b.
struct BareProduct {
  let rows: Int, columns: Int, terms: Int
  let strides: (a: Int, b: Int, c: Int)
  let transposes: (a: Bool, b: Bool)
  let adding: Bool

  func compute(
    _ a: Factors, _ placeA: Int, _ b: Factors, _ placeB: Int, into c: UnsafeMutablePointer<Float>,
    _ precision: Precision
  ) {
    switch precision {
    case .float32:
      vfm_openblas_on_this_thread()
      cblas_sgemm(
        CblasRowMajor, transposes.a ? CblasTrans : CblasNoTrans, transposes.b ? CblasTrans : CblasNoTrans,
        blasint(rows), blasint(columns), blasint(terms), 1, a.wide.pointer + placeA, blasint(strides.a),
        b.wide.pointer + placeB, blasint(strides.b), adding ? 1 : 0, c, blasint(strides.c))
    case .bfloat16:
      let product = OneDNN.product(
        OneDNN.Tile(
          rows: rows, columns: columns, terms: terms,
          a: OneDNN.Factor(stride: strides.a, isTransposed: transposes.a),
          b: OneDNN.Factor(stride: strides.b, isTransposed: transposes.b), stride: strides.c,
          addition: adding ? .output : .nothing))
      // Work memory of its own: as much as oneDNN asks for, which is little for large tiles.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: product.scratchFloats + 16) { memory in
        let start = UnsafeMutableRawPointer(memory.baseAddress!).alignedUp(toMultipleOf: 64)
        product.compute(
          a.narrow.halves + placeA, b.narrow.halves + placeB, bias: nil, into: c,
          work: start.assumingMemoryBound(to: Float.self))
      }
    }
  }
}
