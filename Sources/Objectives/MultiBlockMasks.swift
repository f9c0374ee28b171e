import Layers
import Tensors

/// Which tokens of a clip a model is shown and which it is asked for, by blocks that are hidden for all of the clip's time or
/// for a part of it.
///
/// The multi-block masks of V-JEPA (Bardes et al., "Revisiting feature prediction for learning visual representations from
/// video", 2024): per kind of mask some blocks of one size lie anywhere in the picture; what they cover is asked for, the
/// rest is shown. A block has area·a by area/a places of the grid's plane, with the aspect a drawn once for each kind and
/// step, and its position for each clip. A block of a duration below 1 lies anywhere in time, too.
///
/// Blocks overlap by chance, so clips would be shown and asked for different numbers of tokens. The paper's code cuts all
/// of a batch to the shortest, from the end, so that the lower right corner is learned from least. Here the numbers of
/// both are constants of the recipe (`Counts`), and what is too many is left out at random: all steps take the same memory
/// and time, and no corner is favoured.
public struct MultiBlockMasks: Sendable, Equatable {
  /// One kind of mask.
  public struct Kind: Sendable, Equatable {
    /// Blocks of a clip.
    public let blocks: Int
    /// The share of the picture that one block covers, in 0…1.
    public let area: Double
    /// The share of the clip's time that one block covers, in 0…1.
    public let duration: Double

    /// A kind of mask.
    public init(blocks: Int, area: Double, duration: Double = 1) {
      self.blocks = blocks
      self.area = area
      self.duration = duration
    }
  }

  /// How many tokens are shown and asked for, in every clip and step; together at most t·h·w.
  public struct Counts: Sendable, Equatable {
    /// Tokens that are shown, and tokens that are asked for.
    public let context: Int, targets: Int
  }

  /// Tokens of one clip, ascending.
  public struct Split: Sendable, Equatable {
    /// Those that are shown, and those that are asked for.
    public let context: [Int], targets: [Int]
  }

  /// The grid of a clip's tokens.
  public let grid: TokenGrid
  /// The kinds of masks.
  public let kinds: [Kind]
  /// Between which numbers the aspect of blocks (height by width) is drawn.
  public let aspect: ClosedRange<Double>
  /// Of each kind. A kind whose blocks always hide everything has no context.
  public let counts: [Counts]

  /// Masks of some kinds. Their counts follow from these arguments alone: nine of ten masks hide enough for the targets
  /// and leave enough for the context, those that hide everything not counted.
  public init(_ kinds: [Kind], aspect: ClosedRange<Double>, grid: TokenGrid) {
    self.grid = grid
    self.kinds = kinds
    self.aspect = aspect
    counts = kinds.indices.map { index in
      // No clip has such a grid: its recipe is refused for its patches.
      guard grid.height * grid.width > 0, grid.tokens <= 1_000_000 else {
        return Counts(context: 0, targets: 0)
      }
      let cells = MaskCells(grid, kinds[index], aspect)
      let hidden = (0..<256).map { draw in
        var stream = RandomStream(seed: 0, purpose: .mask, step: draw, sample: index)
        let size = cells.blockSize(&stream)
        return cells.cover(size, &stream).count { $0 }
      }.filter { $0 < cells.count }.sorted()
      if hidden.isEmpty { return Counts(context: 0, targets: grid.tokens) }
      let (few, many) = (hidden[hidden.count / 10], hidden[hidden.count * 9 / 10])
      return Counts(context: (cells.count - many) * cells.duration, targets: few * cells.duration)
    }
  }

  /// The tokens of one clip under one kind of mask: a function of the position and of the clip's place behind it.
  public func split(kind index: Int, at position: Position, clip: Int) -> Split {
    let cells = MaskCells(grid, kinds[index], aspect)
    let (shown, asked) = (counts[index].context / cells.duration, counts[index].targets / cells.duration)
    precondition(shown > 0, "a mask hides everything")
    var sizes = RandomStream(seed: position.seed, purpose: .maskSize, step: position.step, sample: index)
    let size = cells.blockSize(&sizes)
    var stream = RandomStream(
      seed: position.seed, purpose: .mask, step: position.step,
      sample: (position.firstSample + clip) * kinds.count + index)
    let wanted = asked...cells.count - shown
    var hidden = cells.cover(size, &stream)
    for _ in 0..<32 where !wanted.contains(hidden.count { $0 }) { hidden = cells.cover(size, &stream) }
    cells.bring(&hidden, into: wanted, &stream)
    return Split(
      context: cells.tokens(stream.some(shown, of: hidden.indices.filter { !hidden[$0] })),
      targets: cells.tokens(stream.some(asked, of: hidden.indices.filter { hidden[$0] })))
  }
}

/// What blocks are made of: tokens, or places of the picture at all times where blocks last as long as the clip.
private struct MaskCells {
  let frames: Int, height: Int, width: Int
  /// Latent frames that a cell lasts.
  let duration: Int
  let kind: MultiBlockMasks.Kind
  let aspect: ClosedRange<Double>

  init(_ grid: TokenGrid, _ kind: MultiBlockMasks.Kind, _ aspect: ClosedRange<Double>) {
    (height, width) = (grid.height, grid.width)
    frames = kind.duration < 1 ? grid.frames : 1
    duration = kind.duration < 1 ? 1 : grid.frames
    (self.kind, self.aspect) = (kind, aspect)
  }

  var count: Int { frames * height * width }

  /// Frames, height and width of the blocks. All of the picture has no aspect.
  func blockSize(_ stream: inout RandomStream) -> (frames: Int, height: Int, width: Int) {
    let drawn = aspect.lowerBound + (aspect.upperBound - aspect.lowerBound) * stream.uniform()
    let a = kind.area < 1 ? drawn : Double(height) / Double(width)
    let area = kind.area * Double(height * width)
    func side(_ length: Double, atMost limit: Int) -> Int { min(limit, max(1, Int(length.rounded()))) }
    return (
      side(kind.duration * Double(frames), atMost: frames),
      side((area * a).squareRoot(), atMost: height), side((area / a).squareRoot(), atMost: width)
    )
  }

  /// Which cells blocks of a size hide, laid anywhere.
  func cover(_ size: (frames: Int, height: Int, width: Int), _ stream: inout RandomStream) -> [Bool] {
    var hidden = Array(repeating: false, count: count)
    for _ in 0..<kind.blocks {
      let (top, left) = (stream.below(height - size.height + 1), stream.below(width - size.width + 1))
      let first = frames == 1 ? 0 : stream.below(frames - size.frames + 1)
      for t in first..<first + size.frames {
        for y in top..<top + size.height {
          for x in left..<left + size.width { hidden[(t * height + y) * width + x] = true }
        }
      }
    }
    return hidden
  }

  /// Hides or shows cells at random until as many are hidden as are wanted: for the rare mask that never came so.
  func bring(_ hidden: inout [Bool], into wanted: ClosedRange<Int>, _ stream: inout RandomStream) {
    let count = hidden.count { $0 }
    let hides = count < wanted.lowerBound
    let change = hides ? wanted.lowerBound - count : max(0, count - wanted.upperBound)
    for cell in stream.some(change, of: hidden.indices.filter { hidden[$0] != hides }) {
      hidden[cell] = hides
    }
  }

  /// The tokens of some cells, ascending.
  func tokens(_ cells: [Int]) -> [Int] {
    (0..<duration).flatMap { t in cells.map { t * count + $0 } }
  }
}
