import Foundation
import GradientCheck
import Layers
import Optimizers
import Tensors
import Testing

/// A store with a matrix, which decays, and a vector, which does not.
private func store(_ policy: ParameterPolicy = .trainEverything) -> ParameterStore {
  let store = ParameterStore(policy: policy)
  _ = store.root.parameter("weight", [7, 5], .normal(1))
  _ = store.root.parameter("bias", [3], .normal(1))
  store.allocate(seed: 4)
  return store
}

private let constants = AdamW.Constants(beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)

/// With and without a learning rate of the matrix' own.
@Test(arguments: [1, 0.25])
func updatesAreThoseOfTheFormulasInDoublePrecision(factor: Double) {
  let store = store(
    ParameterPolicy(rateFactors: [RateFactor(pattern: NamePattern("weight"), factor: factor)]))
  let optimizer = AdamW(store, constants)
  struct Number { var w: Double, m = 0.0, v = 0.0, isMatrix: Bool }
  var numbers: [Int: Number] = [:]
  for entry in store.entries {
    for i in entry.offset..<entry.offset + entry.count {
      numbers[i] = Number(w: Double(store.values.pointer[i]), isMatrix: entry.name == "weight")
    }
  }
  for n in 1...5 {
    store.gradients.fillGaussian(seed: 2, purpose: .check, step: n)
    optimizer.update(rate: 0.01 * Double(n), gradientScale: 0.5)
    for (i, old) in numbers {
      var number = old
      let g = 0.5 * Double(store.gradients.pointer[i])
      let rate = 0.01 * Double(n) * (number.isMatrix ? factor : 1)
      number.m = 0.9 * number.m + 0.1 * g
      number.v = 0.95 * number.v + 0.05 * g * g
      let step =
        number.m / (1 - pow(0.9, Double(n))) / ((number.v / (1 - pow(0.95, Double(n)))).squareRoot() + 1e-6)
      number.w -= rate * (step + (number.isMatrix ? 0.1 * number.w : 0))
      numbers[i] = number
    }
  }
  for (i, number) in numbers {
    #expect(abs(Double(store.values.pointer[i]) - number.w) < 1e-5)
    #expect(abs(Double(optimizer.firstMoment.pointer[i]) - number.m) < 1e-5)
    #expect(abs(Double(optimizer.secondMoment.pointer[i]) - number.v) < 1e-5)
  }
}

@Test func gapsBetweenParametersStayZero() {
  let store = store()
  let optimizer = AdamW(store, constants)
  store.gradients.fillGaussian(seed: 2, purpose: .check, step: 0)
  optimizer.update(rate: 0.1, gradientScale: 1)
  let used = Set(store.entries.flatMap { $0.offset..<$0.offset + $0.count })
  for i in 0..<store.bufferCount where !used.contains(i) { #expect(store.values.pointer[i] == 0) }
}

@Test func slotsAreTheStateItself() {
  let (store, other) = (
    store(ParameterPolicy(frozen: [NamePattern("weight")])),
    store(ParameterPolicy(frozen: [NamePattern("weight")]))
  )
  let (optimizer, restored) = (AdamW(store, constants), AdamW(other, constants))
  func update(_ optimizer: AdamW, _ store: ParameterStore, _ n: Int) {
    store.gradients.fillGaussian(seed: 2, purpose: .check, step: n)
    optimizer.update(rate: 0.01, gradientScale: 1)
  }
  update(optimizer, store, 1)
  let slots = optimizer.slots
  #expect(slots.map(\.name) == ["firstMoment", "secondMoment"])
  for (mine, its) in zip(restored.slots, slots) {
    #expect(its.tensors.map(\.parameter) == ["bias"] && its.tensors[0].value.shape == [3])
    mine.tensors[0].value.copy(from: its.tensors[0].value)
  }
  restored.updates = optimizer.updates
  other.values.copy(from: store.values)
  update(optimizer, store, 2)
  update(restored, other, 2)
  #expect(sameBits(store.values, other.values))
}

/// What an update gives that is not finite is seen on the way, wherever it stands.
@Test func anUpdateTellsWhetherAllIsFinite() {
  let store = store()
  let optimizer = AdamW(store, AdamW.Constants(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0))
  store.gradients.fill(1)
  #expect(optimizer.update(rate: 0.1, gradientScale: 1))
  let bias = store.entries.first { $0.name == "bias" }!
  // The second moment overflows, though the value stays.
  store.gradients.pointer[bias.offset + 2] = 3e38
  #expect(!optimizer.update(rate: 0.1, gradientScale: 1))
  #expect(store.values.isFinite)
  for moment in [optimizer.firstMoment, optimizer.secondMoment] { moment.fill(0) }
  store.gradients.fill(0)
  #expect(optimizer.update(rate: 0.1, gradientScale: 1))
  store.values.pointer[0] = -.infinity
  #expect(!optimizer.update(rate: 0.1, gradientScale: 1))
}
