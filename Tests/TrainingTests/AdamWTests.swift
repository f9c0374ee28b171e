import Foundation
import Layers
import Tensors
import Testing

@testable import Training

/// A store with a matrix, which decays, and a vector, which does not.
private func store() -> ParameterStore {
  let store = ParameterStore()
  _ = store.root.parameter("weight", [7, 5], .normal(1))
  _ = store.root.parameter("bias", [3], .normal(1))
  store.allocate(seed: 4)
  return store
}

@Test func updatesAreThoseOfTheFormulasInDoublePrecision() {
  let store = store()
  let constants = AdamW.Constants(beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, averageDecay: 0.5)
  let optimizer = AdamW(store, constants)
  struct Number { var w: Double, m = 0.0, v = 0.0, average: Double, decays: Bool }
  var numbers: [Int: Number] = [:]
  for entry in store.entries {
    for i in entry.offset..<entry.offset + entry.count {
      let value = Double(store.values.pointer[i])
      numbers[i] = Number(w: value, average: value, decays: entry.name == "weight")
    }
  }
  for n in 1...5 {
    store.gradients.fillGaussian(seed: 2, purpose: .check, step: n)
    optimizer.update(rate: 0.01 * Double(n), gradientScale: 0.5)
    let follow = 1 - min(0.5, 1 - pow(1 + Double(n), -2.0 / 3))
    for (i, old) in numbers {
      var number = old
      let g = 0.5 * Double(store.gradients.pointer[i])
      number.m = 0.9 * number.m + 0.1 * g
      number.v = 0.95 * number.v + 0.05 * g * g
      let step =
        number.m / (1 - pow(0.9, Double(n))) / ((number.v / (1 - pow(0.95, Double(n)))).squareRoot() + 1e-6)
      number.w -= 0.01 * Double(n) * (step + (number.decays ? 0.1 * number.w : 0))
      number.average += follow * (number.w - number.average)
      numbers[i] = number
    }
  }
  for (i, number) in numbers {
    #expect(abs(Double(store.values.pointer[i]) - number.w) < 1e-5)
    #expect(abs(Double(optimizer.average.pointer[i]) - number.average) < 1e-5)
    #expect(abs(Double(optimizer.firstMoment.pointer[i]) - number.m) < 1e-5)
    #expect(abs(Double(optimizer.secondMoment.pointer[i]) - number.v) < 1e-5)
  }
}

@Test func gapsBetweenParametersStayZero() {
  let store = store()
  let optimizer = AdamW(
    store, .init(beta1: 0.9, beta2: 0.9, epsilon: 1e-8, weightDecay: 0.1, averageDecay: 0.9))
  store.gradients.fillGaussian(seed: 2, purpose: .check, step: 0)
  optimizer.update(rate: 0.1, gradientScale: 1)
  let used = Set(store.entries.flatMap { $0.offset..<$0.offset + $0.count })
  for i in 0..<store.bufferCount where !used.contains(i) { #expect(store.values.pointer[i] == 0) }
}
