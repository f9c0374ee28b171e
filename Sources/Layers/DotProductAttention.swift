import Foundation
import Tensors

/// Each query reads a weighted mean of the values, with weights that grow with its likeness to their keys.
///
///     S = scale · Q Kᵀ + bias,   P = softmax(S) over keys,   O = P V      for each clip and head
///
/// Q [B·Nq, A·K], keys and values [B·Nk, A·K], bias [A, Nq, Nk] if there is one, O [B·Nq, A·K]. The scores are never
/// stored whole: forward keeps only the logarithm of each row's softmax sum, and backward computes the weights anew, a
/// block of queries at a time (Dao et al., "FlashAttention", 2022). Work is cut into (clip, head, query block) forward
/// and (clip, head) backward; with a bias, whose gradient gathers over clips, into heads.
public struct DotProductAttention {
  /// A.
  public let heads: Int
  /// What scores are multiplied by: 1/√K in transformers, 1 in T5.
  public let scale: Float

  /// Queries whose scores are in scratch memory at once.
  static let queryBlock = 64

  /// A layer without parameters.
  public init(heads: Int, scale: Float) {
    self.heads = heads
    self.scale = scale
  }

  /// What backward reads beside the queries and keys, which the caller keeps or makes again.
  public struct Saved {
    let sizes: Sizes
    let value: Tensor, bias: Tensor?
    let output: Tensor
    let logSums: Tensor  // [B, A, Nq]
  }

  /// The shapes of one call.
  struct Sizes {
    let clips: Int, queries: Int, keys: Int, heads: Int, headWidth: Int
    let keyLengths: [Int]?
    var width: Int { heads * headWidth }
    func keyLength(_ clip: Int) -> Int { keyLengths?[clip] ?? keys }
    /// Operations of one product of scores' size, over all clips and heads.
    var scoreOperations: Int { (0..<clips).reduce(0) { $0 + 2 * queries * keyLength($1) * width } }
  }

  /// - Parameters:
  ///   - clips: B.
  ///   - keyLengths: for each clip, how many of its first keys count; the rest are padding. All of them if nil.
  public func forward(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, clips: Int, keyLengths: [Int]? = nil, bias: Tensor? = nil
  ) -> (output: Tensor, saved: Saved) {
    let sizes = Sizes(
      clips: clips, queries: query.rows / clips, keys: key.rows / clips, heads: heads,
      headWidth: query.columns / heads, keyLengths: keyLengths)
    precondition(query.columns % heads == 0, "\(heads) heads do not divide width \(query.columns)")
    precondition(
      key.columns == query.columns && key.count == value.count, "queries, keys and values differ in width")
    precondition(keyLengths.map { $0.count == clips } ?? true, "each of \(clips) clips needs a key length")
    precondition(
      keyLengths?.allSatisfy { $0 > 0 && $0 <= sizes.keys } ?? true,
      "key lengths must be in 1...\(sizes.keys)")
    let output = Tensor(query.shape)
    let logSums = Tensor([clips, heads, sizes.queries])
    let blocks = (sizes.queries + Self.queryBlock - 1) / Self.queryBlock
    Work.count(2 * sizes.scoreOperations)
    parallel(over: clips * heads * blocks, tile: 1, scratch: Self.queryBlock * sizes.keys) { range, scores in
      for index in range {
        let (clip, head) = (index / (heads * blocks), index / blocks % heads)
        let first = index % blocks * Self.queryBlock
        let rows = min(Self.queryBlock, sizes.queries - first)
        let keys = sizes.keyLength(clip)
        let width = sizes.width
        let q = query.row(clip * sizes.queries + first) + head * sizes.headWidth
        let k = key.row(clip * sizes.keys) + head * sizes.headWidth
        let v = value.row(clip * sizes.keys) + head * sizes.headWidth
        // 1. S = scale · Q Kᵀ + bias
        sgemm(
          rows, keys, sizes.headWidth, scale: scale, q, width, k, width, transposeB: true, into: scores, keys)
        for r in 0..<rows {
          let row = scores + r * keys
          if let bias { addRow(bias.row(head * sizes.queries + first + r), to: row, keys) }
          // 2. P without its divisor, and the divisor's logarithm
          let (largest, total) = exponentiate(row, keys)
          logSums.pointer[(clip * heads + head) * sizes.queries + first + r] = largest + logf(total)
          let share = 1 / total
          sweep(keys) { i, c in store(load(row, i, c) * share, row, i, c) }
        }
        // 3. O = P V
        let o = output.row(clip * sizes.queries + first) + head * sizes.headWidth
        sgemm(rows, sizes.headWidth, keys, scores, keys, v, width, into: o, width)
      }
    }
    let saved = Saved(
      sizes: sizes, value: value, bias: bias, output: output, logSums: logSums)
    return (output, saved)
  }

  // From dO:  dV = Pᵀ dO,  dP = dO Vᵀ,  dS = P · (dP − rowsum(dO · O)),  dQ = scale · dS K,  dK = scale · dSᵀ Q.
  /// The gradients of all inputs; queries and keys are what forward was given. `biasGradient` [A, Nq, Nk], where there
  /// is a bias, is added to.
  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, query: Tensor, key: Tensor,
    addingBiasGradientTo biasGradient: Tensor? = nil
  ) -> (query: Tensor, key: Tensor, value: Tensor) {
    let sizes = saved.sizes
    let queryGradient = Tensor(query.shape)
    let keyGradient = Tensor(key.shape)
    let valueGradient = Tensor(saved.value.shape)
    if sizes.keyLengths != nil {  // padding has no gradient
      keyGradient.fill(0)
      valueGradient.fill(0)
    }
    Work.count(5 * sizes.scoreOperations)
    func addHead(_ clip: Int, _ head: Int, _ weights: UnsafeMutablePointer<Float>) {
      let (keys, width, headWidth) = (sizes.keyLength(clip), sizes.width, sizes.headWidth)
      let slopes = weights + Self.queryBlock * sizes.keys
      let column = head * headWidth
      let k = key.row(clip * sizes.keys) + column
      let v = saved.value.row(clip * sizes.keys) + column
      let dk = keyGradient.row(clip * sizes.keys) + column
      let dv = valueGradient.row(clip * sizes.keys) + column
      for first in stride(from: 0, to: sizes.queries, by: Self.queryBlock) {
        let rows = min(Self.queryBlock, sizes.queries - first)
        let start = clip * sizes.queries + first
        let q = query.row(start) + column
        let dOut = outputGradient.row(start) + column
        // 1. S anew, and P = exp(S − log sum)
        sgemm(rows, keys, headWidth, scale: scale, q, width, k, width, transposeB: true, into: weights, keys)
        // 3. dP = dO Vᵀ
        sgemm(rows, keys, headWidth, dOut, width, v, width, transposeB: true, into: slopes, keys)
        for r in 0..<rows {
          let (p, ds) = (weights + r * keys, slopes + r * keys)
          if let bias = saved.bias { addRow(bias.row(head * sizes.queries + first + r), to: p, keys) }
          let logSum = saved.logSums.pointer[(clip * heads + head) * sizes.queries + first + r]
          let pull = dot(dOut + r * width, saved.output.row(start + r) + column, headWidth)
          // 2. dS = P · (dP − rowsum(dO · O))
          sweep(keys) { i, c in
            let weight = exponential(load(p, i, c) - logSum)
            store(weight, p, i, c)
            store(weight * (load(ds, i, c) - pull), ds, i, c)
          }
          if let biasGradient { addRow(ds, to: biasGradient.row(head * sizes.queries + first + r), keys) }
        }
        // 3. dV = Pᵀ dO
        sgemm(
          keys, headWidth, rows, weights, keys, transposeA: true, dOut, width, into: dv, width,
          adding: first > 0)
        // 1. dQ = scale · dS K, dK = scale · dSᵀ Q
        let dq = queryGradient.row(start) + column
        sgemm(rows, headWidth, keys, scale: scale, slopes, keys, k, width, into: dq, width)
        sgemm(
          keys, headWidth, rows, scale: scale, slopes, keys, transposeA: true, q, width, into: dk, width,
          adding: first > 0)
      }
    }
    let scratch = 2 * Self.queryBlock * sizes.keys
    if biasGradient == nil {
      parallel(over: sizes.clips * heads, tile: 1, scratch: scratch) { range, scratch in
        for index in range { addHead(index / heads, index % heads, scratch) }
      }
    } else {
      parallel(over: heads, tile: 1, scratch: scratch) { range, scratch in
        for head in range { for clip in 0..<sizes.clips { addHead(clip, head, scratch) } }
      }
    }
    return (queryGradient, keyGradient, valueGradient)
  }
}

/// x = exp(x − max x); returns the maximum and the sum of the new values.
@inline(__always)
private func exponentiate(_ x: UnsafeMutablePointer<Float>, _ n: Int) -> (largest: Float, total: Float) {
  var most = Lanes(repeating: x[0])
  sweep(n) { i, c in
    if c == 16 {
      let v = load(x, i, c)
      most.replace(with: v, where: v .> most)
    } else {
      for j in 0..<c where x[i + j] > most[0] { most[0] = x[i + j] }
    }
  }
  let largest = most.max()
  var total = Lanes(repeating: 0)
  sweep(n) { i, c in
    let e = exponential(load(x, i, c) - largest)
    store(e, x, i, c)
    if c == 16 { total += e } else { for j in 0..<c { total[j] += e[j] } }
  }
  return (largest, total.sum())
}

@inline(__always)
private func addRow(_ row: UnsafePointer<Float>, to x: UnsafeMutablePointer<Float>, _ n: Int) {
  sweep(n) { i, c in store(load(x, i, c) + load(row, i, c), x, i, c) }
}
