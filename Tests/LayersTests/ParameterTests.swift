import GradientCheck
import Layers
import Tensors
import Testing

struct ParameterTests {
  @Test func pathsAreNames() {
    let store = ParameterStore()
    let block = store.root("blocks")(3)
    let weight = block("attn1").parameter("weight", [3, 5], .xavierUniform)
    let bias = block("attn1").parameter("bias", [5], .constant(0.5))
    let table = block.parameter("table", [1, 6, 2], .normal(1), decays: false)
    #expect(store.entries.map(\.name) == ["blocks.3.attn1.weight", "blocks.3.attn1.bias", "blocks.3.table"])
    #expect([weight, bias, table].map(\.entry.decays) == [true, false, false])
    #expect(store.entries.map(\.offset) == [0, 16, 32])
    #expect(store.parameterCount == 32)
    #expect(store.bufferCount == 48)
  }

  @Test func initialValuesDependOnSeedAndNameOnly() {
    func value(seed: UInt64, name: String, after others: Int) -> Tensor {
      let store = ParameterStore()
      for i in 0..<others { _ = store.root("other")(i).parameter("weight", [7], .normal(1)) }
      let parameter = store.root(name).parameter("weight", [20, 30], .normal(0.5))
      store.allocate(seed: seed)
      return parameter.value.copied()
    }
    let first = value(seed: 1, name: "a", after: 0)
    #expect(sameBits(first, value(seed: 1, name: "a", after: 3)))
    #expect(!sameBits(first, value(seed: 2, name: "a", after: 0)))
    #expect(!sameBits(first, value(seed: 1, name: "b", after: 0)))
    #expect(abs((first.sumOfSquares / 600).squareRoot() - 0.5) < 0.05)
  }

  @Test func xavierBoundsFollowFanInAndFanOut() {
    let store = ParameterStore()
    let kernel = store.root.parameter("weight", [20, 3, 1, 2, 5], .xavierUniform)  // fan in 30, fan out 20
    store.allocate(seed: 1)
    let (bound, largest) = (Float(6.0 / 50).squareRoot(), kernel.value.values.map(abs).max()!)
    #expect(largest <= bound && largest > 0.95 * bound)
  }

  @Test func aParameterIsAWindowIntoTheFlatBuffers() {
    let store = ParameterStore()
    _ = store.root.parameter("first", [3], .constant(1))
    let second = store.root.parameter("second", [2], .constant(2))
    store.allocate(seed: 1)
    second.gradient!.fill(7)
    #expect(store.values.values.prefix(18) == [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2])
    #expect(store.gradients.values[16] == 7 && store.gradients.values[18] == 0)
    store.zeroGradients()
    #expect(second.gradient!.values == [0, 0])
  }

  @Test func otherValuesStandInForAWhile() {
    let store = ParameterStore()
    let parameter = store.root.parameter("weight", [2], .constant(1))
    store.allocate(seed: 1)
    let average = Tensor.zeros([store.bufferCount])
    average.fill(3)
    #expect(store.withValues(average) { parameter.value.values } == [3, 3])
    #expect(parameter.value.values == [1, 1])
  }
}
