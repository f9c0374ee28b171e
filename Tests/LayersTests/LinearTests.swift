import GradientCheck
import Layers
import Tensors
import Testing

struct LinearTests {
  @Test(
    arguments: [(1, 1, 1), (3, 5, 7), (70, 16, 48), (2, 33, 17), (129, 1, 20), (40, 64, 1)], [true, false])
  func gradientsAreRight(sizes: (rows: Int, inputs: Int, outputs: Int), bias: Bool) {
    let store = ParameterStore()
    let layer = Linear(store.root, sizes.inputs, sizes.outputs, bias: bias)
    let input = gaussian([sizes.rows, sizes.inputs])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  @Test func multipliesAndAdds() {
    let store = ParameterStore()
    let layer = Linear(store.root, 2, 3)
    store.allocate(seed: 1)
    layer.weight.value.copy(from: Tensor([1, 2, 3, 4, 5, 6], [3, 2]))
    layer.bias!.value.copy(from: Tensor([10, 20, 30], [3]))
    let output = layer.forward(Tensor([1, 1, 2, 0], [2, 2])).output
    #expect(output.shape == [2, 3])
    #expect(output.values == [13, 27, 41, 12, 26, 40])
  }

  @Test func aConvolutionsKernelIsTheSameMatrix() {
    let (flat, kernel) = (ParameterStore(), ParameterStore())
    let matrix = Linear(flat.root, 24, 5)
    let convolution = Linear(kernel.root, 24, 5, weightShape: [5, 3, 2, 2, 2])
    flat.allocate(seed: 4)
    kernel.allocate(seed: 4)
    let input = gaussian([6, 24])
    #expect(sameBits(matrix.forward(input).output, convolution.forward(input).output))
    #expect(kernel.entries[0].shape == [5, 3, 2, 2, 2])
  }

  @Test func aFirstLayersParameterGradientsAreThoseOfBackward() {
    let store = ParameterStore()
    let layer = Linear(store.root, 6, 4)
    store.allocate(seed: 1)
    let (output, saved) = layer.forward(gaussian([9, 6]))
    _ = layer.backward(output, saved)
    let whole = store.gradients.copied()
    store.zeroGradients()
    layer.addParameterGradients(output, saved)
    #expect(sameBits(whole, store.gradients))
  }
}
