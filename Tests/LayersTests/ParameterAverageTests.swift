import GradientCheck
import Layers
import Tensors
import Testing

struct ParameterAverageTests {
  private func store(withAverage: Bool) -> (ParameterStore, Parameter) {
    let store = ParameterStore(policy: ParameterPolicy(frozen: [NamePattern("b")]))
    let parameter = store.root("a").parameter("weight", [40, 500], .normal(1))
    _ = store.root("b").parameter("weight", [2], .constant(5))
    store.allocate(seed: 1, withAverage: withAverage)
    return (store, parameter)
  }

  @Test func itStartsAsTheValuesAndFollowsThem() {
    let (store, parameter) = store(withAverage: true)
    let first = store.values.copied()
    #expect(sameBits(store.average, first))
    parameter.value.fill(2)
    store.updateAverage(keeping: 0.75)
    for (mean, old) in zip(store.average.values, first.values) {
      #expect(abs(mean - (old + (2 - old) / 4)) < 1e-6)
    }
    store.updateAverage(keeping: 1)
    store.updateAverage(keeping: 0)
    #expect(store.average.values.allSatisfy { abs($0 - 2) < 1e-6 })
  }

  @Test func aStoreWithoutOneHasItsValues() {
    let (store, parameter) = store(withAverage: false)
    store.updateAverage(keeping: 0.5)
    parameter.value.fill(2)
    #expect(store.average.pointer == store.values.pointer && store.average.values.first == 2)
  }

  @Test func aModelComputesWithItForAWhile() {
    let (store, parameter) = store(withAverage: true)
    let first = parameter.value.copied()
    parameter.value.fill(2)
    #expect(store.withAverage { sameBits(parameter.value, first) && sameBits(store.average, store.values) })
    #expect(parameter.value.values.allSatisfy { $0 == 2 })
  }

  @Test func bitsDoNotDependOnThreads() {
    let averages = [1, 2, 3, 7].map { threads in
      let (store, parameter) = store(withAverage: true)
      parameter.value.copy(from: gaussian([40, 500], seed: 3))
      Parallel.withThreads(threads) { store.updateAverage(keeping: 0.9) }
      return store.average
    }
    for average in averages { #expect(sameBits(average, averages[0])) }
  }
}
