import GradientCheck
import Layers
import Tensors
import Testing

struct LayerNormTests {
  @Test(arguments: [(1, 1), (3, 2), (5, 7), (2, 16), (70, 33), (4, 130)])
  func gradientsAreRight(sizes: (rows: Int, width: Int)) {
    let store = ParameterStore()
    let layer = LayerNorm(store.root, width: sizes.width)
    let input = gaussian([sizes.rows, sizes.width])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  @Test(arguments: [1, 3, 16, 37])
  func rowsHaveMeanZeroAndVarianceOne(width: Int) {
    let store = ParameterStore()
    let layer = LayerNorm(store.root, width: width)
    store.allocate(seed: 1)
    store.perturb()
    let input = gaussian([3, width])
    input.add(Tensor(Array(repeating: 5, count: 3 * width), [3, width]))  // far from the mean wanted
    let expected = normalRows(of: input).enumerated().map { i, normal in
      normal * layer.weight.value.doubles[i % width] + layer.bias.value.doubles[i % width]
    }
    let (output, saved) = layer.forward(input)
    #expect(relativeError(output, expected) < 3e-6)
    #expect(sameBits(layer.output(of: saved), output))
  }

  @Test func rowsOfOneNumberStayFinite() {
    let store = ParameterStore()
    let layer = LayerNorm(store.root, width: 1)
    store.allocate(seed: 1)
    let (output, saved) = layer.forward(Tensor([3, -4], [2, 1]))
    #expect(output.values == [0, 0])
    #expect(layer.backward(Tensor([1, 1], [2, 1]), saved).values == [0, 0])
  }
}

/// Each row with mean 0 and variance 1, by the formula, in double precision.
func normalRows(of input: Tensor) -> [Double] {
  let width = input.columns
  return (0..<input.rows).flatMap { r -> [Double] in
    let x = input.doubles[r * width..<(r + 1) * width]
    let mean = x.reduce(0, +) / Double(width)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
    return x.map { ($0 - mean) / (variance + 1e-6).squareRoot() }
  }
}
