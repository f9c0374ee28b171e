import Tensors

/// Some neighbouring keys of a clip.
struct KeyBlock {
  let first: Int, count: Int

  /// All blocks of `keys` keys, in order.
  static func all(_ keys: Int) -> LazyMapSequence<StrideTo<Int>, KeyBlock> {
    stride(from: 0, to: keys, by: DotProductAttention.keyBlock).lazy.map {
      KeyBlock(first: $0, count: min(DotProductAttention.keyBlock, keys - $0))
    }
  }
}

/// How a pass of attention divides up its scratch memory: factors laid into panels, blocks of scores, numbers of rows,
/// and what products need to work in. About 400 KB for heads of 64, whatever the number of tokens.
struct AttentionBuffers {
  let headWidth: Int
  /// How many factors are laid into panels.
  let panels: Int
  /// Whether numbers are rounded, which takes strips to make them in.
  let rounds: Bool

  /// Floats from one row of scores to the next: a line more than a block of keys, so that rows do not fall on the same
  /// lines of the cache.
  static let stride = DotProductAttention.keyBlock + 16

  private var panelFloats: Int { DotProductAttention.keyBlock * ((headWidth + 15) & ~15) }
  private var scoreFloats: Int { DotProductAttention.queryBlock * Self.stride }
  private var rowFloats: Int { DotProductAttention.queryTile }

  /// Two strips of scores, and one of queries' numbers, where there are any.
  private var stripFloats: Int {
    rounds ? DotProductAttention.queryStrip * (2 * Self.stride + stripStride) : 0
  }
  /// From one row of a strip of queries' numbers to the next.
  var stripStride: Int { (headWidth + 31) & ~15 }

  var floats: Int {
    panels * panelFloats + 2 * scoreFloats + 2 * rowFloats + stripFloats
      + BlockProduct<FloatTerm>.scratch(depth: max(headWidth, DotProductAttention.keyBlock))
  }

  func panel(_ index: Int, in scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    scratch + index * panelFloats
  }
  func scores(_ index: Int, in scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    scratch + panels * panelFloats + index * scoreFloats
  }
  func rows(_ index: Int, in scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    scores(2, in: scratch) + index * rowFloats
  }
  /// Two strips of scores, as floats.
  func strips(in scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    rows(2, in: scratch)
  }
  /// A strip of queries' numbers.
  func strip(in scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    strips(in: scratch) + 2 * DotProductAttention.queryStrip * Self.stride
  }
  func work(in scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    strips(in: scratch) + stripFloats
  }
}
