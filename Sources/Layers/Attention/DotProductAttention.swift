import Foundation
import Tensors

/// Each query reads a weighted mean of the values, with weights that grow with its likeness to their keys.
///
///     S = scale · Q Kᵀ + bias,   P = softmax(S) over keys,   O = P V      for each clip and head
///
/// Q [B·Nq, A·K], keys and values [B·Nk, A·K], bias [A, Nq, Nk] if there is one, O [B·Nq, A·K]. The scores are never
/// stored whole: both passes hold a block of queries against a block of keys at a time, small enough for the second
/// cache. Forward keeps the logarithm of each row's softmax sum, and backward computes the weights anew (Dao,
/// "FlashAttention-2", 2023). Work is cut into (clip, head, some blocks of queries) forward and (clip, head) backward;
/// with a bias, whose gradient gathers over clips, into heads.
public struct DotProductAttention {
  /// A.
  public let heads: Int
  /// What scores are multiplied by: 1/√K in transformers, 1 in T5.
  public let scale: Float
  /// The precision of the factors of its products; sums, the softmax and its slopes are float32.
  public let precision: Precision

  /// Queries and keys of a block of scores, in whole strips and panels of products.
  static let queryBlock = 96, keyBlock = 288
  /// Queries whose scores are made and used at once, while they are in the first cache.
  static let queryStrip = 12
  /// Queries that a forward tile holds against the same keys, so that laying the keys into panels pays.
  static let queryTile = 4 * queryBlock

  /// A layer without parameters.
  public init(heads: Int, scale: Float, precision: Precision = .float32) {
    precondition(scale > 0, "scores are multiplied by a positive scale, not \(scale)")
    self.heads = heads
    self.scale = scale
    self.precision = precision.ofProducts
  }

  /// What backward reads beside the queries and keys, which the caller keeps or makes again.
  public struct Saved {
    let sizes: Sizes
    let value: Tensor, bias: Tensor?
    let output: Tensor
    let logSums: Tensor  // [B, A, Nq]

    func converted(to precision: Precision) -> Saved {
      Saved(
        sizes: sizes, value: value.converted(to: precision), bias: bias,
        output: output.converted(to: precision), logSums: logSums)
    }
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
    Work.count(2 * sizes.scoreOperations)
    switch precision {
    case .float32: run(FloatTerm.self)
    case .bfloat16: run(PairTerm.self)
    }
    func run<Term: ProductTerm>(_: Term.Type) {
      let pass = AttentionForward<Term>(
        scale: scale, sizes: sizes, query: query, key: key, value: value, bias: bias, output: output,
        logSums: logSums)
      let tiles = (sizes.queries + Self.queryTile - 1) / Self.queryTile
      parallel(over: clips * heads * tiles, tile: 1, scratch: pass.buffers.floats, as: .attention) {
        range, scratch in
        for index in range {
          let first = index % tiles * Self.queryTile
          pass.run(
            clip: index / (heads * tiles), head: index / tiles % heads,
            queries: first..<min(first + Self.queryTile, sizes.queries), scratch)
        }
      }
    }
    return (output, Saved(sizes: sizes, value: value, bias: bias, output: output, logSums: logSums))
  }

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
    switch precision {
    case .float32: run(FloatTerm.self)
    case .bfloat16: run(PairTerm.self)
    }
    func run<Term: ProductTerm>(_: Term.Type) {
      let pass = AttentionBackward<Term>(
        scale: scale, saved: saved, query: query, key: key, outputGradient: outputGradient,
        rowDots: Tensor(saved.logSums.shape), queryGradient: queryGradient, keyGradient: keyGradient,
        valueGradient: valueGradient, biasGradient: biasGradient)
      let scratch = pass.buffers.floats
      if biasGradient == nil {
        parallel(over: sizes.clips * heads, tile: 1, scratch: scratch, as: .attention) { range, scratch in
          for index in range { pass.run(clip: index / heads, head: index % heads, scratch) }
        }
      } else {
        parallel(over: heads, tile: 1, scratch: scratch, as: .attention) { range, scratch in
          for head in range { for clip in 0..<sizes.clips { pass.run(clip: clip, head: head, scratch) } }
        }
      }
    }
    return (queryGradient, keyGradient, valueGradient)
  }
}
