/// The weights P and slopes dS of a block of queries against a block of keys, as backward makes them strip by strip and
/// multiplies with them.
///
/// Where terms are floats, a strip lies in its place in the block. Where they are pairs of bfloat16, a strip is made as
/// floats and then rounded: for sums over queries into pairs of neighbouring queries, for sums over keys into pairs of
/// neighbouring keys.
struct ScoreBlock<Term: ProductTerm> {
  private let weights: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>
  private let strips: UnsafeMutablePointer<Float>
  private var stride: Int { AttentionBuffers.stride }
  /// Slopes in pairs of keys lie behind those in pairs of queries.
  private var slopesByQueryPlace: UnsafeMutablePointer<Float> {
    Term.isPair ? slopes + DotProductAttention.queryBlock / 2 * stride : slopes
  }
  private var slopesByQueryStride: Int { Term.isPair ? stride / 2 : stride }

  init(_ buffers: AttentionBuffers, in scratch: UnsafeMutablePointer<Float>) {
    (weights, slopes) = (buffers.scores(0, in: scratch), buffers.scores(1, in: scratch))
    strips = buffers.strips(in: scratch)
  }

  /// Where the rows of a strip are made, `AttentionBuffers.stride` floats apart.
  func strip(_ first: Int) -> (weights: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>) {
    if Term.isPair { return (strips, strips + DotProductAttention.queryStrip * stride) }
    return (weights + first * stride, slopes + first * stride)
  }

  /// Takes over a strip that was made.
  func keep(_ first: Int, rows: Int, keys: Int) {
    guard Term.isPair else { return }
    let (p, ds) = strip(first)
    let place = first / 2 * stride
    Term.roundColumns(rows: rows, p, stride: stride, columns: keys, to: weights + place, stride: stride)
    Term.roundColumns(rows: rows, ds, stride: stride, columns: keys, to: slopes + place, stride: stride)
    Term.round(
      rows: rows, ds, stride: stride, count: keys, to: slopesByQueryPlace + first * slopesByQueryStride,
      stride: slopesByQueryStride)
  }

  /// Pᵀ and dSᵀ, whose rows are keys, and dS, whose rows are queries.
  var weightsByKey: LeftFactor { LeftFactor(weights, row: 1, step: stride) }
  var slopesByKey: LeftFactor { LeftFactor(slopes, row: 1, step: stride) }
  var slopesByQuery: LeftFactor { LeftFactor(slopesByQueryPlace, row: slopesByQueryStride) }
}
