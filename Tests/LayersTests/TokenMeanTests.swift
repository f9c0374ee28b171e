import GradientCheck
import Layers
import Tensors
import Testing

struct TokenMeanTests {
  @Test(arguments: [
    (lengths: [1], length: 1, width: 1), ([3, 1], 3, 5), ([2, 7, 4], 7, 16), ([70], 70, 33),
    ([1, 2, 3, 4, 5], 6, 17),
  ])
  func gradientsAreRight(sizes: (lengths: [Int], length: Int, width: Int)) {
    let layer = TokenMean()
    let piece = Differentiable(["x": gaussian([sizes.lengths.count * sizes.length, sizes.width])]) { inputs in
      let (output, saved) = layer.forward(inputs[0], lengths: sizes.lengths)
      return (output, { [layer.backward($0, saved)] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func paddingIsLeftOut() {
    let x = Tensor([1, 3, .nan, 4, 6, 8], [6, 1])
    #expect(TokenMean().forward(x, lengths: [2, 3]).output.values == [2, 6])
  }
}
