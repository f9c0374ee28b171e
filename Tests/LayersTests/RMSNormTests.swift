import GradientCheck
import Layers
import Tensors
import Testing

struct RMSNormTests {
  @Test(arguments: [(1, 1), (3, 2), (5, 7), (2, 16), (70, 33), (4, 130)])
  func gradientsAreRight(rows: Int, width: Int) {
    let store = ParameterStore()
    let layer = RMSNorm(store.root, width: width)
    #expect(gradientProblems(of: Differentiable(layer, input: gaussian([rows, width]), store)) == [])
  }

  @Test(arguments: [1, 3, 16, 37])
  func dividesByTheRootMeanSquare(width: Int) {
    let store = ParameterStore()
    let layer = RMSNorm(store.root, width: width)
    store.allocate(seed: 1)
    store.perturb()
    let input = gaussian([3, width])
    let expected = (0..<3).flatMap { r -> [Double] in
      let x = input.doubles[r * width..<(r + 1) * width]
      let size = (x.reduce(0) { $0 + $1 * $1 } / Double(width) + 1e-6).squareRoot()
      return zip(x, layer.weight.value.doubles).map { $0 / size * $1 }
    }
    #expect(relativeError(layer.forward(input).output, expected) < 1e-6)
  }

  @Test func aRowOfZerosStaysZero() {
    let store = ParameterStore()
    let layer = RMSNorm(store.root, width: 5)
    store.allocate(seed: 1)
    let (output, saved) = layer.forward(.zeros([1, 5]))
    #expect(output.values == [0, 0, 0, 0, 0])
    #expect(layer.backward(gaussian([1, 5]), saved).isFinite)
  }
}
