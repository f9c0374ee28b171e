import GradientCheck
import Layers
import Tensors
import Testing

struct BiasedSelfAttentionTests {
  struct Shape: Sendable {
    let texts: Int, length: Int, width: Int, heads: Int, headWidth: Int
    var lengths: [Int]?
  }

  @Test(arguments: [
    Shape(texts: 1, length: 1, width: 1, heads: 1, headWidth: 1),
    Shape(texts: 2, length: 5, width: 7, heads: 2, headWidth: 3),
    Shape(texts: 3, length: 8, width: 16, heads: 1, headWidth: 20, lengths: [8, 1, 5]),
    Shape(texts: 1, length: 70, width: 12, heads: 3, headWidth: 4, lengths: [66]),
    Shape(texts: 2, length: 17, width: 33, heads: 2, headWidth: 8, lengths: [17, 16]),
  ])
  func gradientsAreRight(shape: Shape) {
    let store = ParameterStore()
    let layer = BiasedSelfAttention(
      store.root, width: shape.width, heads: shape.heads, headWidth: shape.headWidth)
    let input = gaussian([shape.texts * shape.length, shape.width])
    let bias = gaussian([shape.heads, shape.length, shape.length], seed: 6)
    let piece = Differentiable(["input": input, "bias": bias], store) { inputs in
      let (output, saved) = layer.forward(
        inputs[0], texts: shape.texts, lengths: shape.lengths, bias: inputs[1])
      return (
        output,
        {
          let biasGradient = Tensor.zeros(inputs[1].shape)
          return [layer.backward($0, saved, addingBiasGradientTo: biasGradient), biasGradient]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func paddingDoesNotMatter() {
    let store = ParameterStore()
    let layer = BiasedSelfAttention(store.root, width: 8, heads: 2, headWidth: 3)
    store.allocate(seed: 1)
    let (input, bias) = (gaussian([5, 8]), gaussian([2, 5, 5], seed: 2))
    let output = layer.forward(input, texts: 1, lengths: [3], bias: bias).output
    input.view(at: 3 * 8, [2, 8]).fill(9)
    let other = layer.forward(input, texts: 1, lengths: [3], bias: bias).output
    #expect(sameBits(output.view(at: 0, [3, 8]), other.view(at: 0, [3, 8])))
  }
}
