import GradientCheck
import Layers
import Tensors
import Testing

struct SelfAttentionTests {
  struct Shape: Sendable {
    let clips: Int, grid: [Int], heads: Int, headWidth: Int
  }

  @Test(arguments: [
    Shape(clips: 1, grid: [1, 1, 1], heads: 1, headWidth: 6),
    Shape(clips: 2, grid: [3, 1, 2], heads: 2, headWidth: 6),
    Shape(clips: 1, grid: [1, 3, 5], heads: 1, headWidth: 10),
    Shape(clips: 2, grid: [3, 5, 5], heads: 2, headWidth: 8),
    Shape(clips: 3, grid: [2, 2, 1], heads: 3, headWidth: 18),
  ])
  func gradientsAreRight(shape: Shape) {
    let (store, width) = (ParameterStore(), shape.heads * shape.headWidth)
    let rotary = RotaryPositions(headWidth: shape.headWidth)
    let layer = SelfAttention(store.root, width: width, heads: shape.heads, rotary: rotary)
    let positions = rotary.table(frames: shape.grid[0], height: shape.grid[1], width: shape.grid[2])
    let input = gaussian([shape.clips * positions.tokens, width])
    let piece = Differentiable(["input": input], store) { inputs in
      let (output, saved) = layer.forward(inputs[0], clips: shape.clips, positions: positions)
      return (output, { [layer.backward($0, saved, input: inputs[0])] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func clipsDoNotSeeEachOther() {
    let store = ParameterStore()
    let rotary = RotaryPositions(headWidth: 6)
    let layer = SelfAttention(store.root, width: 12, heads: 2, rotary: rotary)
    store.allocate(seed: 1)
    let positions = rotary.table(frames: 1, height: 2, width: 2)
    let pair = gaussian([8, 12])
    let alone = layer.forward(pair.view(at: 0, [4, 12]).copied(), clips: 1, positions: positions).output
    let together = layer.forward(pair, clips: 2, positions: positions).output
    #expect(relativeError(together.view(at: 0, [4, 12]), alone.doubles) < 1e-6)
  }

  @Test func placesMatter() {
    let store = ParameterStore()
    let rotary = RotaryPositions(headWidth: 6)
    let layer = SelfAttention(store.root, width: 6, heads: 1, rotary: rotary)
    store.allocate(seed: 1)
    store.perturb()
    let input = gaussian([4, 6])
    let row = layer.forward(input, clips: 1, positions: rotary.table(frames: 1, height: 1, width: 4)).output
    let square = layer.forward(input, clips: 1, positions: rotary.table(frames: 1, height: 2, width: 2))
      .output
    #expect(relativeError(row, square.doubles) > 1e-3)
  }
}
