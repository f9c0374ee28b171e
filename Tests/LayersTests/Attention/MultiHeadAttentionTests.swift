import GradientCheck
import Layers
import Tensors
import Testing

struct MultiHeadAttentionTests {
  @Test(
    arguments: [(1, 1, 6, 1), (2, 3, 18, 3), (1, 17, 12, 2), (3, 5, 20, 2), (1, 130, 8, 1)], [false, true])
  func gradientsAreRight(sizes: (clips: Int, tokens: Int, width: Int, heads: Int), isRotary: Bool) {
    let store = ParameterStore()
    let root = store.root
    func linear(_ name: String, bias: Bool = true) -> Linear {
      Linear(root(name), sizes.width, sizes.width, bias: bias)
    }
    let rotary = isRotary ? TiledRotaryPositions(headWidth: sizes.width / sizes.heads) : nil
    let layer = MultiHeadAttention(
      query: linear("query"), key: linear("key", bias: isRotary), value: linear("value"),
      output: linear("output"), heads: sizes.heads, rotary: rotary)
    let positions = rotary?.table(TokenGrid(frames: 1, height: 1, width: sizes.tokens))
    let piece = Differentiable(["x": gaussian([sizes.clips * sizes.tokens, sizes.width])], store) { inputs in
      let (output, saved) = layer.forward(inputs[0], clips: sizes.clips, positions: positions)
      return (output, { [layer.backward($0, saved, input: inputs[0], positions: positions)] })
    }
    #expect(gradientProblems(of: piece) == [])
  }
}
