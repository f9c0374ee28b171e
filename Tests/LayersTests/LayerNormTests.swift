import GradientCheck
import Layers
import Tensors
import Testing

struct LayerNormTests {
  @Test(arguments: [(1, 1), (3, 2), (5, 7), (2, 16), (70, 33), (4, 130)], [true, false])
  func gradientsAreRight(sizes: (rows: Int, width: Int), affine: Bool) {
    let store = ParameterStore()
    let layer = LayerNorm(affine ? store.root : nil, width: sizes.width)
    let input = gaussian([sizes.rows, sizes.width])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  @Test(arguments: [1, 3, 16, 37], [true, false])
  func rowsHaveMeanZeroAndVarianceOne(width: Int, affine: Bool) {
    let store = ParameterStore()
    let layer = LayerNorm(affine ? store.root : nil, width: width)
    store.allocate(seed: 1)
    store.perturb()
    let input = gaussian([3, width])
    input.add(Tensor(Array(repeating: 5, count: 3 * width), [3, width]))  // far from the mean wanted
    let expected = (0..<3).flatMap { r -> [Double] in
      let x = input.doubles[r * width..<(r + 1) * width]
      let mean = x.reduce(0, +) / Double(width)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      return x.enumerated().map { i, x in
        let normal = (x - mean) / (variance + 1e-6).squareRoot()
        guard let affine = layer.affine else { return normal }
        return normal * affine.weight.value.doubles[i] + affine.bias.value.doubles[i]
      }
    }
    #expect(relativeError(layer.forward(input).output, expected) < 3e-6)
  }

  @Test func rowsOfOneNumberStayFinite() {
    let layer = LayerNorm(nil, width: 1)
    let (output, saved) = layer.forward(Tensor([3, -4], [2, 1]))
    #expect(output.values == [0, 0])
    #expect(layer.backward(Tensor([1, 1], [2, 1]), saved).values == [0, 0])
  }
}
