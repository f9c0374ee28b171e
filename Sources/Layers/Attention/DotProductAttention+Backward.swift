import Tensors

/// The backward pass of attention, for one clip and head.
///
/// From dO, a block of queries against a block of keys at a time, with P computed anew from the saved logarithms:
///
///     dV += Pᵀ dO,   dP = dO Vᵀ,   dS = P · (dP − rowsum(dO · O)),   dQ += scale · dS K,   dK += scale · dSᵀ Q
///
/// The block of keys is the outer loop, so that its gradients stay in the cache until they are whole.
struct AttentionBackward<Term: ProductTerm> {
  let scale: Float
  let saved: DotProductAttention.Saved
  let query: Tensor, key: Tensor
  let outputGradient: Tensor
  /// rowsum(dO · O) of each clip, head and query: [B, A, Nq].
  let rowDots: Tensor
  let queryGradient: Tensor, keyGradient: Tensor, valueGradient: Tensor
  let biasGradient: Tensor?

  private var sizes: DotProductAttention.Sizes { saved.sizes }
  var buffers: AttentionBuffers {
    AttentionBuffers(headWidth: sizes.headWidth, panels: 5, rounds: Term.isPair)
  }

  func run(clip: Int, head: Int, _ scratch: UnsafeMutablePointer<Float>) {
    let (width, headWidth, column) = (sizes.width, sizes.headWidth, head * sizes.headWidth)
    let (memory, stride) = (buffers, AttentionBuffers.stride)
    let (scores, strip) = (ScoreBlock<Term>(memory, in: scratch), memory.strip(in: scratch))
    let work = memory.work(in: scratch)
    for query in 0..<sizes.queries {
      let row = clip * sizes.queries + query
      rowDots.pointer[(clip * sizes.heads + head) * sizes.queries + query] = dot(
        outputGradient.row(row) + column, saved.output.row(row) + column, headWidth)
    }
    for block in KeyBlock.all(sizes.keyLength(clip)) {
      let place = clip * sizes.keys + block.first
      let (k, v) = (key.row(place) + column, saved.value.row(place) + column)
      let (dk, dv) = (keyGradient.row(place) + column, valueGradient.row(place) + column)
      let across = Panels<Term>(numbers: headWidth, columns: block.count)
      let byKeys = BlockProduct(
        across, filling: memory.panel(0, in: scratch), from: k, stride: width, transposed: true)
      let byValues = BlockProduct(
        across, filling: memory.panel(1, in: scratch), from: v, stride: width, transposed: true)
      let ofKeys = BlockProduct(
        Panels<Term>(numbers: block.count, columns: headWidth), filling: memory.panel(2, in: scratch),
        from: k,
        stride: width)
      for first in Swift.stride(from: 0, to: sizes.queries, by: DotProductAttention.queryBlock) {
        let rows = min(DotProductAttention.queryBlock, sizes.queries - first)
        let start = clip * sizes.queries + first
        let (q, dOut) = (query.row(start) + column, outputGradient.row(start) + column)
        let along = Panels<Term>(numbers: rows, columns: headWidth)
        let ofQueries = BlockProduct(along, filling: memory.panel(3, in: scratch), from: q, stride: width)
        let ofGradients = BlockProduct(
          along, filling: memory.panel(4, in: scratch), from: dOut, stride: width)
        // S = Q Kᵀ anew, dP = dO Vᵀ, and from both P and dS
        for r in Swift.stride(from: 0, to: rows, by: DotProductAttention.queryStrip) {
          let (p, ds) = scores.strip(r)
          let count = min(DotProductAttention.queryStrip, rows - r)
          func left(_ x: UnsafePointer<Float>) -> LeftFactor {
            Term.leftFactor(
              rows: count, x + r * width, stride: width, count: headWidth, roundingTo: strip,
              stride: memory.stripStride)
          }
          byKeys.multiply(rows: count, left(q), into: p, stride, scratch: work)
          byValues.multiply(rows: count, left(dOut), into: ds, stride, scratch: work)
          makeSlopes(p, ds, block, clip: clip, head: head, queries: first + r..<first + r + count)
          scores.keep(r, rows: count, keys: block.count)
        }
        // dV += Pᵀ dO, dQ += scale · dS K, dK += scale · dSᵀ Q
        ofGradients.multiply(
          rows: block.count, scores.weightsByKey, into: dv, width, adding: first > 0, scratch: work)
        ofKeys.multiply(
          rows: rows, scores.slopesByQuery, into: queryGradient.row(start) + column, width,
          adding: block.first > 0, scratch: work)
        ofQueries.multiply(
          rows: block.count, scores.slopesByKey, into: dk, width, adding: first > 0, scratch: work)
      }
    }
  }

  /// Rows of raw scores become P = exp(S − log sum), and rows of dP become scale · dS = scale · P · (dP − rowsum(dO · O)).
  @inline(__always)
  private func makeSlopes(
    _ weights: UnsafeMutablePointer<Float>, _ slopes: UnsafeMutablePointer<Float>, _ block: KeyBlock,
    clip: Int, head: Int, queries: Range<Int>
  ) {
    for (r, query) in queries.enumerated() {
      let (p, ds) = (weights + r * AttentionBuffers.stride, slopes + r * AttentionBuffers.stride)
      let biasRow = head * sizes.queries + query
      let factor = weigh(p, scale, saved.bias.map { $0.row(biasRow) + block.first }, block.count)
      let place = (clip * sizes.heads + head) * sizes.queries + query
      let (logSum, rowDot) = (saved.logSums.pointer[place], rowDots.pointer[place])
      if let biasGradient {
        addSlopes(p, ds, factor, logSum, rowDot, to: biasGradient.row(biasRow) + block.first, block.count)
      }
      computeSlopes(p, ds, factor, logSum, rowDot, scale, block.count)
    }
  }
}

/// p = exp(factor · p − logSum), ds = p · (ds − rowDot) · scale.
///
/// In whole lanes: rows of scores have room for what sticks out, and nobody reads it. (In a closure of `sweep`, within the
/// whole pass, the exponential would not be inlined.)
@inline(never)
private func computeSlopes(
  _ p: UnsafeMutablePointer<Float>, _ ds: UnsafeMutablePointer<Float>, _ factor: Float, _ logSum: Float,
  _ rowDot: Float, _ scale: Float, _ n: Int
) {
  var i = 0
  while i < n {
    let weight = exponential(load(p, i, 16) * factor - logSum)
    store(weight, p, i, 16)
    store(weight * ((load(ds, i, 16) - rowDot) * scale), ds, i, 16)
    i &+= 16
  }
}

/// target += exp(factor · p − logSum) · (ds − rowDot).
@inline(never)
private func addSlopes(
  _ p: UnsafePointer<Float>, _ ds: UnsafePointer<Float>, _ factor: Float, _ logSum: Float, _ rowDot: Float,
  to target: UnsafeMutablePointer<Float>, _ n: Int
) {
  sweep(n) { i, c in
    let slope = exponential(load(p, i, c) * factor - logSum) * (load(ds, i, c) - rowDot)
    store(load(target, i, c) + slope, target, i, c)
  }
}
