import Layers
import Testing

@testable import Objectives

struct MultiBlockMasksTests {
  static let grid = TokenGrid(frames: 4, height: 8, width: 8)
  static let kinds = [MultiBlockMasks.Kind(blocks: 8, area: 0.15), .init(blocks: 2, area: 0.7)]

  private func masks(_ grid: TokenGrid = Self.grid) -> MultiBlockMasks {
    MultiBlockMasks(Self.kinds, aspect: 0.75...1.5, grid: grid)
  }

  @Test(arguments: [
    TokenGrid(frames: 4, height: 8, width: 8), TokenGrid(frames: 1, height: 4, width: 4),
    TokenGrid(frames: 2, height: 3, width: 5), TokenGrid(frames: 3, height: 14, width: 9),
  ])
  func allClipsAndStepsAreShownAndAskedForAsMany(grid: TokenGrid) {
    let masks = masks(grid)
    for kind in 0..<2 {
      let counts = masks.counts[kind]
      #expect(counts.context > 0 && counts.targets > 0)
      for step in 0..<40 {
        for clip in 0..<4 {
          let split = masks.split(kind: kind, at: Position(seed: 3, step: step), clip: clip)
          #expect(split.context.count == counts.context)
          #expect(split.targets.count == counts.targets)
          #expect(Set(split.context).isDisjoint(with: split.targets))
          for tokens in [split.context, split.targets] {
            #expect(tokens == tokens.sorted() && Set(tokens).count == tokens.count)
            #expect(tokens.allSatisfy { (0..<grid.tokens).contains($0) })
            // The same places at all times.
            let plane = grid.height * grid.width
            let first = tokens.filter { $0 < plane }
            #expect(tokens == (0..<grid.frames).flatMap { t in first.map { t * plane + $0 } })
          }
        }
      }
    }
  }

  @Test func aMaskIsAFunctionOfThePlaceInTheRun() {
    let masks = masks()
    func split(_ seed: UInt64, _ step: Int, first: Int = 0, clip: Int, kind: Int = 0) -> MultiBlockMasks.Split
    {
      masks.split(kind: kind, at: Position(seed: seed, step: step, firstSample: first), clip: clip)
    }
    #expect(split(1, 2, clip: 3) == split(1, 2, clip: 3))
    // A step that comes in two passes draws what it would in one.
    #expect(split(1, 2, first: 2, clip: 1) == split(1, 2, clip: 3))
    let others = [split(2, 2, clip: 3), split(1, 3, clip: 3), split(1, 2, clip: 4)]
    #expect(others.allSatisfy { $0 != split(1, 2, clip: 3) })
  }

  @Test func nothingIsHiddenButBlocks() {
    // One block that is no square: all targets lie in one box of its size, but for those few masks that were brought there.
    let masks = MultiBlockMasks(
      [.init(blocks: 1, area: 0.25)], aspect: 1...1, grid: TokenGrid(frames: 1, height: 8, width: 8))
    #expect(masks.counts == [.init(context: 48, targets: 16)])
    for clip in 0..<50 {
      let targets = masks.split(kind: 0, at: Position(seed: 1, step: 0), clip: clip).targets
      let (rows, columns) = (Set(targets.map { $0 / 8 }), Set(targets.map { $0 % 8 }))
      #expect(rows.count == 4 && columns.count == 4)
    }
  }

  @Test func blocksMayLastForAPartOfTheClip() {
    let masks = MultiBlockMasks(
      [.init(blocks: 1, area: 1, duration: 0.5), .init(blocks: 1, area: 0.25, duration: 0.75)],
      aspect: 0.9...1.1,
      grid: TokenGrid(frames: 4, height: 4, width: 4))
    #expect(masks.counts == [.init(context: 32, targets: 32), .init(context: 52, targets: 12)])
    var begins: Set<Int> = []
    for clip in 0..<50 {
      let position = Position(seed: 1, step: 0)
      // Two frames after one another, anywhere.
      let frames = masks.split(kind: 0, at: position, clip: clip)
      let first = frames.targets[0] / 16
      begins.insert(first)
      #expect(frames.targets == Array(first * 16..<(first + 2) * 16))
      #expect((frames.context + frames.targets).sorted() == Array(0..<64))
      // A box of three frames and two by two places.
      let box = masks.split(kind: 1, at: position, clip: clip).targets
      let (times, rows, columns) = (
        Set(box.map { $0 / 16 }), Set(box.map { $0 / 4 % 4 }), Set(box.map { $0 % 4 })
      )
      #expect(times.count == 3 && rows.count == 2 && columns.count == 2)
    }
    #expect(begins == [0, 1, 2])
  }

  @Test func noCornerIsFavoured() {
    // What is too much is left out at random, so that mirrored places are shown and asked for alike.
    let masks = masks()
    var (shown, asked) = (Array(repeating: 0, count: 64), Array(repeating: 0, count: 64))
    for step in 0..<500 {
      for clip in 0..<4 {
        let split = masks.split(kind: 0, at: Position(seed: 5, step: step), clip: clip)
        for token in split.context where token < 64 { shown[token] += 1 }
        for token in split.targets where token < 64 { asked[token] += 1 }
      }
    }
    for counts in [shown, asked] {
      let (first, last) = (counts[..<32].reduce(0, +), counts[32...].reduce(0, +))
      #expect(abs(first - last) * 40 < first + last)
      #expect(abs(counts[0] - counts[63]) * 4 < counts[0] + counts[63])
    }
  }

  @Test func blocksOfAStepHaveOneSizeAndThoseOfOthersAnother() {
    let masks = MultiBlockMasks(
      [.init(blocks: 1, area: 0.3)], aspect: 0.5...2, grid: TokenGrid(frames: 1, height: 12, width: 12))
    func box(_ step: Int, _ clip: Int) -> [Int] {
      let targets = masks.split(kind: 0, at: Position(seed: 1, step: step), clip: clip).targets
      let (rows, columns) = (targets.map { $0 / 12 }, targets.map { $0 % 12 })
      return [rows.max()! - rows.min()!, columns.max()! - columns.min()!]
    }
    #expect(Set((0..<30).map { box($0, 0) }).count > 3)
    // A few targets too many are left out, which may take a row of the box, but seldom.
    #expect(Set((0..<20).map { box(4, $0) }).count <= 2)
  }

  @Test(arguments: [(1.0, 1), (1.0, 3)])
  func masksThatHideEverythingSaySo(area: Double, blocks: Int) {
    let masks = MultiBlockMasks([.init(blocks: blocks, area: area)], aspect: 1...1, grid: Self.grid)
    #expect(masks.counts == [.init(context: 0, targets: 256)])
  }
}
