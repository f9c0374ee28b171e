import GradientCheck
import Layers
import Tensors
import Testing

struct CrossAttentionTests {
  struct Shape: Sendable {
    let clips: Int, tokens: Int, text: Int, heads: Int, headWidth: Int
    var lengths: [Int]?
  }

  @Test(arguments: [
    Shape(clips: 1, tokens: 1, text: 1, heads: 1, headWidth: 1),
    Shape(clips: 2, tokens: 5, text: 1, heads: 2, headWidth: 3),
    Shape(clips: 3, tokens: 4, text: 7, heads: 1, headWidth: 10, lengths: [7, 1, 3]),
    Shape(clips: 2, tokens: 70, text: 19, heads: 3, headWidth: 7, lengths: [18, 5]),
    Shape(clips: 1, tokens: 16, text: 16, heads: 2, headWidth: 16),
  ])
  func gradientsAreRight(shape: Shape) {
    let (store, width) = (ParameterStore(), shape.heads * shape.headWidth)
    let layer = CrossAttention(store.root, width: width, heads: shape.heads)
    let input = gaussian([shape.clips * shape.tokens, width])
    let text = gaussian([shape.clips * shape.text, width], seed: 5)
    let piece = Differentiable(["input": input, "text": text], store) { inputs in
      let (output, saved) = layer.forward(
        inputs[0], text: inputs[1], clips: shape.clips, textLengths: shape.lengths)
      return (
        output,
        {
          let gradients = layer.backward($0, saved, input: inputs[0])
          return [gradients.input, gradients.text!]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func paddingDoesNotMatter() {
    let store = ParameterStore()
    let layer = CrossAttention(store.root, width: 8, heads: 2)
    store.allocate(seed: 1)
    let (input, text) = (gaussian([6, 8]), gaussian([10, 8], seed: 2))
    let output = layer.forward(input, text: text, clips: 2, textLengths: [3, 5]).output
    text.view(at: 3 * 8, [2, 8]).fill(9)
    #expect(sameBits(output, layer.forward(input, text: text, clips: 2, textLengths: [3, 5]).output))
    #expect(!sameBits(output, layer.forward(input, text: text, clips: 2, textLengths: nil).output))
  }

  @Test func parametersHaveTheSameGradientsWhereNobodyAsksForTheTexts() {
    let store = ParameterStore()
    let layer = CrossAttention(store.root, width: 8, heads: 2)
    store.allocate(seed: 1)
    let (input, text) = (gaussian([6, 8]), gaussian([10, 8], seed: 2))
    let (output, saved) = layer.forward(input, text: text, clips: 2, textLengths: [3, 5])
    let whole = layer.backward(output, saved, input: input)
    let gradients = store.gradients.copied()
    store.zeroGradients()
    let part = layer.backward(output, saved, input: input, withTextGradient: false)
    #expect(part.text == nil)
    #expect(sameBits(part.input, whole.input) && sameBits(store.gradients, gradients))
  }
}
