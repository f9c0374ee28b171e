import GradientCheck
import Layers
import Tensors
import Testing

struct AbsolutePositionsTests {
  @Test(arguments: [
    (clips: 1, grid: [1, 1, 1], width: 1), (2, [2, 1, 3], 5), (3, [1, 5, 3], 16), (1, [4, 5, 6], 33),
    (2, [3, 3, 1], 130),
  ])
  func gradientsAreRight(sizes: (clips: Int, grid: [Int], width: Int)) {
    let layer = AbsolutePositions(width: sizes.width)
    let grid = TokenGrid(frames: sizes.grid[0], height: sizes.grid[1], width: sizes.grid[2])
    let piece = Differentiable(["x": gaussian([sizes.clips * grid.tokens, sizes.width])]) { inputs in
      (layer.forward(inputs[0], of: grid), { [$0] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func eachPlaceHasItsOwnCodeAndEveryClipTheSame() {
    let grid = TokenGrid(frames: 2, height: 3, width: 4)
    let codes = AbsolutePositions(width: 20).forward(.zeros([48, 20]), of: grid)
    #expect(sameBits(codes.view(at: 0, [480]), codes.view(at: 480, [480])))
    #expect(Set((0..<24).map { codes.view(at: $0 * 20, [20]).values }).count == 24)
    #expect(abs(codes.sumOfSquares / 960 - 1) < 0.3)
  }

  /// The middle of an odd axis is the middle at any size.
  @Test func codesMeanTheSameAtAnySize() {
    let layer = AbsolutePositions(width: 20)
    let small = layer.forward(.zeros([1, 20]), of: TokenGrid(frames: 1, height: 1, width: 1))
    let large = layer.forward(.zeros([105, 20]), of: TokenGrid(frames: 3, height: 5, width: 7))
    #expect(relativeError(large.view(at: 52 * 20, [20]), small.doubles) < 1e-5)
  }
}
