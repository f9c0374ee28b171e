import Layers
import Tensors

/// Which tokens of a clip a model is shown and which it is asked for, by blocks that are hidden for all of the clip's time.
///
/// The multi-block masks of V-JEPA (Bardes et al., "Revisiting feature prediction for learning visual representations from
/// video", 2024): per kind of mask some blocks of one size lie anywhere in the picture; what they cover is asked for, the
/// rest is shown. A block has area·a by area/a places of the grid's plane, with the aspect a drawn once for each kind and
/// step, and its position for each clip.
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

    /// A kind of mask.
    public init(blocks: Int, area: Double) {
      self.blocks = blocks
      self.area = area
    }
  }

  /// How many places of the picture are shown and asked for, in every clip and step; together at most h·w.
  public struct Counts: Sendable, Equatable {
    /// Places that are shown, and places that are asked for.
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
      let plane = Plane(grid, kinds[index], aspect)
      let hidden = (0..<256).map { draw in
        var stream = RandomStream(seed: 0, purpose: .mask, step: draw, sample: index)
        let size = plane.blockSize(&stream)
        return plane.cover(size, &stream).count { $0 }
      }.filter { $0 < plane.places }.sorted()
      if hidden.isEmpty { return Counts(context: 0, targets: plane.places) }
      let (few, many) = (hidden[hidden.count / 10], hidden[hidden.count * 9 / 10])
      return Counts(context: plane.places - many, targets: few)
    }
  }

  /// The tokens of one clip under one kind of mask: a function of the position and of the clip's place behind it.
  public func split(kind index: Int, at position: Position, clip: Int) -> Split {
    let (plane, counts) = (Plane(grid, kinds[index], aspect), counts[index])
    precondition(counts.context > 0, "a mask hides everything")
    var sizes = RandomStream(seed: position.seed, purpose: .maskSize, step: position.step, sample: index)
    let size = plane.blockSize(&sizes)
    var stream = RandomStream(
      seed: position.seed, purpose: .mask, step: position.step,
      sample: (position.firstSample + clip) * kinds.count + index)
    let wanted = counts.targets...plane.places - counts.context
    var hidden = plane.cover(size, &stream)
    for _ in 0..<32 where !wanted.contains(hidden.count { $0 }) { hidden = plane.cover(size, &stream) }
    plane.bring(&hidden, into: wanted, &stream)
    return Split(
      context: tokens(some(counts.context, of: hidden.indices.filter { !hidden[$0] }, &stream)),
      targets: tokens(some(counts.targets, of: hidden.indices.filter { hidden[$0] }, &stream)))
  }

  /// The same places at all times.
  private func tokens(_ places: [Int]) -> [Int] {
    (0..<grid.frames).flatMap { t in places.map { t * grid.height * grid.width + $0 } }
  }
}

/// So many of some numbers, each as likely, ascending.
private func some(_ count: Int, of numbers: [Int], _ stream: inout RandomStream) -> [Int] {
  var numbers = numbers
  for place in 0..<count { numbers.swapAt(place, place + stream.below(numbers.count - place)) }
  return numbers.prefix(count).sorted()
}

/// The places of a picture's tokens, and blocks of them.
private struct Plane {
  let height: Int, width: Int
  let kind: MultiBlockMasks.Kind
  let aspect: ClosedRange<Double>

  init(_ grid: TokenGrid, _ kind: MultiBlockMasks.Kind, _ aspect: ClosedRange<Double>) {
    (height, width) = (grid.height, grid.width)
    (self.kind, self.aspect) = (kind, aspect)
  }

  var places: Int { height * width }

  /// Height and width of the blocks.
  func blockSize(_ stream: inout RandomStream) -> (height: Int, width: Int) {
    let a = aspect.lowerBound + (aspect.upperBound - aspect.lowerBound) * stream.uniform()
    let area = kind.area * Double(places)
    func side(_ length: Double, atMost limit: Int) -> Int { min(limit, max(1, Int(length.rounded()))) }
    return (side((area * a).squareRoot(), atMost: height), side((area / a).squareRoot(), atMost: width))
  }

  /// Which places blocks of a size hide, laid anywhere.
  func cover(_ size: (height: Int, width: Int), _ stream: inout RandomStream) -> [Bool] {
    var hidden = Array(repeating: false, count: places)
    for _ in 0..<kind.blocks {
      let (top, left) = (stream.below(height - size.height + 1), stream.below(width - size.width + 1))
      for y in top..<top + size.height {
        for x in left..<left + size.width { hidden[y * width + x] = true }
      }
    }
    return hidden
  }

  /// Hides or shows places at random until as many are hidden as are wanted: for the rare mask that never came so.
  func bring(_ hidden: inout [Bool], into wanted: ClosedRange<Int>, _ stream: inout RandomStream) {
    let count = hidden.count { $0 }
    let hides = count < wanted.lowerBound
    let change = hides ? wanted.lowerBound - count : max(0, count - wanted.upperBound)
    for place in some(change, of: hidden.indices.filter { hidden[$0] != hides }, &stream) {
      hidden[place] = hides
    }
  }
}
