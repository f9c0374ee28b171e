import GradientCheck
import Layers
import Tensors
import Testing

struct FeedForwardTests {
  @Test(arguments: [(1, 1, 1, 1), (3, 5, 9, 7), (70, 16, 32, 16), (2, 33, 17, 20), (5, 8, 1, 3)])
  func gradientsAreRight(sizes: (rows: Int, inputs: Int, hidden: Int, outputs: Int)) {
    let store = ParameterStore()
    let layer = FeedForward(
      widen: store.root("in"), narrow: store.root("out"), sizes.inputs, hidden: sizes.hidden,
      outputs: sizes.outputs)
    let piece = Differentiable(["input": gaussian([sizes.rows, sizes.inputs])], store) { inputs in
      let (output, saved) = layer.forward(inputs[0])
      return (output, { [layer.backward($0, saved, input: inputs[0])] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: [(1, 1, 1), (3, 5, 9), (70, 16, 32), (2, 33, 17), (5, 8, 1)])
  func gradientsOfTheGatedFormAreRight(sizes: (rows: Int, width: Int, hidden: Int)) {
    let store = ParameterStore()
    let layer = GatedFeedForward(store.root, width: sizes.width, hidden: sizes.hidden)
    let input = gaussian([sizes.rows, sizes.width])
    #expect(gradientProblems(of: Differentiable(layer, input: input, store)) == [])
  }

  @Test func parametersHaveThePublishedNames() {
    let store = ParameterStore()
    _ = FeedForward(
      widen: store.root("net")(0)("proj"), narrow: store.root("net")(2), 4, hidden: 8, outputs: 4)
    _ = GatedFeedForward(store.root("gated"), width: 4, hidden: 8)
    #expect(
      store.entries.map(\.name) == [
        "net.0.proj.weight", "net.0.proj.bias", "net.2.weight", "net.2.bias", "gated.wi_0.weight",
        "gated.wi_1.weight", "gated.wo.weight",
      ])
  }
}
