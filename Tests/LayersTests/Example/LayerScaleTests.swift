import GradientCheck
import Layers
import Tensors
import Testing

struct LayerScaleTests {
  @Test(arguments: [(1, 1), (3, 2), (5, 7), (70, 33), (4, 130)])
  func gradientsAreRight(rows: Int, width: Int) {
    let store = ParameterStore()
    let layer = LayerScale(store.root, width: width)
    #expect(gradientProblems(of: Differentiable(layer, input: gaussian([rows, width]), store)) == [])
  }

  @Test func scalesEachColumn() {
    let store = ParameterStore()
    let layer = LayerScale(store.root, width: 2)
    store.allocate(seed: 1)
    layer.scale.value.copy(from: Tensor([3, -1], [2]))
    #expect(layer.forward(Tensor([1, 2, 10, 20], [2, 2])).output.values == [3, -2, 30, -20])
  }
}
