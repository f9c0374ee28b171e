import Foundation
import Tensors

/// The forward pass of attention, for a tile of queries of one clip and head.
///
/// Blocks of keys are met one after the other, with a running maximum m and sum of each query's row:
///
///     S = scale · Q Kᵀ + bias,   m′ = max(m, max S),   P = exp(S − m′),   O ← exp(m − m′) · O + P V
///
/// and O is divided by the whole sum at the end. Arithmetic binds: 2·K multiply-adds a score for the products, against one
/// exponential.
struct AttentionForward<Term: ProductTerm> {
  let scale: Float
  let sizes: DotProductAttention.Sizes
  let query: Tensor, key: Tensor, value: Tensor
  let bias: Tensor?
  let output: Tensor, logSums: Tensor

  var buffers: AttentionBuffers {
    AttentionBuffers(headWidth: sizes.headWidth, panels: 2, rounds: Term.isPair)
  }

  func run(clip: Int, head: Int, queries: Range<Int>, _ scratch: UnsafeMutablePointer<Float>) {
    let (width, headWidth) = (sizes.width, sizes.headWidth)
    let memory = buffers
    let scores = memory.scores(0, in: scratch)
    let (largest, totals) = (memory.rows(0, in: scratch), memory.rows(1, in: scratch))
    for block in KeyBlock.all(sizes.keyLength(clip)) {
      let k = key.row(clip * sizes.keys + block.first) + head * headWidth
      let v = value.row(clip * sizes.keys + block.first) + head * headWidth
      let byKeys = BlockProduct<Term>(
        Panels(numbers: headWidth, columns: block.count), filling: memory.panel(0, in: scratch), from: k,
        stride: width, transposed: true)
      let ofValues = BlockProduct<Term>(
        Panels(numbers: block.count, columns: headWidth), filling: memory.panel(1, in: scratch), from: v,
        stride: width)
      for first in stride(
        from: queries.lowerBound, to: queries.upperBound, by: DotProductAttention.queryStrip)
      {
        let rows = min(DotProductAttention.queryStrip, queries.upperBound - first)
        let start = clip * sizes.queries + first
        let o = output.row(start) + head * headWidth
        // S = Q Kᵀ
        let q = Term.leftFactor(
          rows: rows, query.row(start) + head * headWidth, stride: width, count: headWidth,
          roundingTo: memory.strip(in: scratch), stride: memory.stripStride)
        byKeys.multiply(
          rows: rows, q, into: scores, AttentionBuffers.stride, copying: !Term.isPair,
          scratch: memory.work(in: scratch))
        for r in 0..<rows {
          let (row, place) = (scores + r * AttentionBuffers.stride, first - queries.lowerBound + r)
          // m′ = max(m, max S)
          let factor = weigh(
            row, scale, bias.map { $0.row(head * sizes.queries + first + r) + block.first }, block.count)
          let most = greatest(row, block.count) * factor
          let before = block.first == 0 ? most : largest[place]
          let now = max(before, most)
          // P = exp(S − m′)
          let total = exponentiate(row, factor, minus: now, block.count)
          // O ← exp(m − m′) · O
          if before < now {
            let keep = exponential(Lanes(repeating: before - now))[0]
            rescale(o + r * width, by: keep, headWidth)
            totals[place] *= keep
          }
          totals[place] = block.first == 0 ? total : totals[place] + total
          largest[place] = now
        }
        // O += P V
        if Term.isPair {
          Term.round(
            rows: rows, scores, stride: AttentionBuffers.stride, count: block.count, to: scores,
            stride: AttentionBuffers.stride)
        }
        ofValues.multiply(
          rows: rows, LeftFactor(scores, row: AttentionBuffers.stride), into: o, width,
          adding: block.first > 0, scratch: memory.work(in: scratch))
      }
    }
    for (place, q) in queries.enumerated() {
      rescale(
        output.row(clip * sizes.queries + q) + head * headWidth, by: 1 / totals[place], headWidth)
      logSums.pointer[(clip * sizes.heads + head) * sizes.queries + q] = largest[place] + logf(totals[place])
    }
  }
}

/// With a bias, a row of raw scores becomes scale · score + bias. Returns what the row is still to be multiplied by.
@inline(__always)
func weigh(
  _ scores: UnsafeMutablePointer<Float>, _ scale: Float, _ bias: UnsafePointer<Float>?, _ n: Int
) -> Float {
  guard let bias else { return scale }
  sweep(n) { i, c in
    store(load(bias, i, c).addingProduct(load(scores, i, c), Lanes(repeating: scale)), scores, i, c)
  }
  return 1
}

@inline(__always)
private func greatest(_ x: UnsafePointer<Float>, _ n: Int) -> Float {
  // Two running maxima, since each waits for the one before.
  var (even, odd) = (Lanes(repeating: x[0]), Lanes(repeating: x[0]))
  var i = 0
  while i &+ 32 <= n {
    let (a, b) = (load(x, i, 16), load(x, i &+ 16, 16))
    even.replace(with: a, where: a .> even)
    odd.replace(with: b, where: b .> odd)
    i &+= 32
  }
  odd.replace(with: even, where: even .> odd)
  var most = odd.greatest
  while i < n {
    if x[i] > most { most = x[i] }
    i &+= 1
  }
  return most
}

/// x = exp(factor · x − shift); returns the sum of the new values. Inlined into the pass, its exponentials would not be.
@inline(never)
private func exponentiate(_ x: UnsafeMutablePointer<Float>, _ factor: Float, minus shift: Float, _ n: Int)
  -> Float
{
  var total = Lanes(repeating: 0)
  sweep(n) { i, c in
    let e = exponential(load(x, i, c) * factor - shift)
    store(e, x, i, c)
    if c == 16 { total += e } else { for j in 0..<c { total[j] += e[j] } }
  }
  return total.total
}

@inline(__always)
private func rescale(_ x: UnsafeMutablePointer<Float>, by factor: Float, _ n: Int) {
  sweep(n) { i, c in store(load(x, i, c) * factor, x, i, c) }
}
