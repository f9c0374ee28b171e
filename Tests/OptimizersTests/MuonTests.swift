import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

@testable import Optimizers

private let adamW = AdamW.Constants(beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)
private let constants = Muon.Constants(momentum: 0.95, weightDecay: 0.1, rateFactor: 5)

/// Two hidden matrices, one of a convolution, and all that is none.
private func store(_ policy: ParameterPolicy = .trainEverything) -> ParameterStore {
  let store = ParameterStore(policy: policy)
  let root = store.root
  _ = root("first").parameter("weight", [7, 5], .normal(1))
  _ = root("hidden").parameter("weight", [12, 7], .normal(1))
  _ = root("hidden").parameter("bias", [12], .normal(1))
  _ = root("convolution").parameter("weight", [6, 4, 3, 1, 3], .normal(1))
  _ = root.parameter("table", [9, 8], .normal(1), decays: false)
  _ = root.parameter("vector", [1, 6, 1], .normal(1))
  _ = root.parameter("column", [6, 1, 1], .normal(1))
  store.allocate(seed: 4)
  return store
}

private let excluded = [NamePattern("first")]

private func muon(_ store: ParameterStore, blockSize: Int = 0) -> Muon {
  let constants = Muon.Constants(
    momentum: constants.momentum, weightDecay: constants.weightDecay, rateFactor: constants.rateFactor,
    blockSize: blockSize)
  return Muon(store, constants, rest: adamW, excluding: excluded)
}

private func update(_ optimizer: any Optimizer, _ store: ParameterStore, _ n: Int) {
  store.gradients.fillGaussian(seed: 2, purpose: .check, step: n)
  optimizer.update(rate: 0.01, gradientScale: 0.5)
}

@Test func hiddenMatricesAreWeightsOfProductsThatNothingExcludes() {
  func names(_ policy: ParameterPolicy = .trainEverything, _ excluded: NamePattern...) -> [String] {
    Muon.matrices(of: store(policy), excluding: excluded).map(\.name)
  }
  #expect(names() == ["first.weight", "hidden.weight", "convolution.weight"])
  #expect(names(.trainEverything, NamePattern("first"), NamePattern("conv*")) == ["hidden.weight"])
  #expect(names(ParameterPolicy(frozen: [NamePattern("hidden")])) == ["first.weight", "convolution.weight"])
}

/// Factors of adapters, and new rows of tables, are AdamW's.
@Test func adaptersAreNoHiddenMatrices() {
  let store = ParameterStore(
    policy: ParameterPolicy(
      frozen: [NamePattern("a")], lora: LoRA(rank: 2, alpha: 2, targets: [NamePattern("*")])))
  _ = Linear(store.root("a"), 6, 5)
  _ = Linear(store.root("b"), 6, 5)
  #expect(store.trainedEntries.contains { $0.role == .adapter })
  #expect(Muon.matrices(of: store, excluding: []).map(\.name) == ["b.weight"])
}

@Test func anUpdateByHand() {
  let store = ParameterStore()
  let entry = store.root.parameter("weight", [4, 2], .constant(1)).entry
  store.allocate(seed: 0)
  // Of norm 5: singular values 0.6 and 0.8, whatever the momentum makes of its size.
  let gradient: [Float] = [0, 3, 0, 0, -4, 0, 0, 0]
  store.gradients.view(at: entry.offset, [8]).copy(from: Tensor(gradient, [8]))
  let optimizer = Muon(store, constants, rest: adamW, excluding: [])
  #expect(optimizer.update(rate: 0.01, gradientScale: 0.1))
  func five(_ s: Double) -> Double {
    (0..<5).reduce(s) { x, _ in 3.4445 * x - 4.7750 * pow(x, 3) + 2.0315 * pow(x, 5) }
  }
  // The rate of matrices is 5 · 0.01, and √(4 / 2) the scale; decay 0.1.
  let step = 0.05 * 2.0.squareRoot()
  var expected = [Double](repeating: 1 - 0.05 * 0.1, count: 8)
  expected[1] -= step * five(0.6)
  expected[4] += step * five(0.8)
  for (value, expected) in zip(store.values.view(at: entry.offset, [8]).values, expected) {
    #expect(abs(Double(value) - expected) < 1e-6)
  }
  for (mean, g) in zip(optimizer.momentum.values, gradient) { #expect(abs(mean - 0.05 * 0.1 * g) < 1e-7) }
  #expect(optimizer.slots.map(\.name) == ["momentum"] && optimizer.updates == 1)
}

/// One of muon.json.
private struct Golden: Decodable {
  let rows: Int, columns: Int, block: Int, start: [Float], gradients: [[Float]], matrix: [Double],
    momentum: [Double]
  let direction: [Double], cautious: [Double], cautiousAdamW: [Double]

  static func all() throws -> [Golden] {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Fixtures/muon.json").standardized
    return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
  }

  /// The matrix, as a store has it, after updates by its gradients.
  func updated(_ make: (ParameterStore) -> any Optimizer) -> (values: Tensor, optimizer: any Optimizer) {
    let store = ParameterStore()
    let entry = store.root.parameter("weight", [rows, columns], .constant(0)).entry
    store.allocate(seed: 0)
    let values = store.values.view(at: entry.offset, [rows, columns])
    values.copy(from: Tensor(start, [rows, columns]))
    let optimizer = make(store)
    for (gradient, rate) in zip(gradients, [0.002, 0.001, 0.0005]) {
      store.gradients.view(at: entry.offset, [rows, columns]).copy(from: Tensor(gradient, [rows, columns]))
      optimizer.update(rate: rate, gradientScale: 1)
    }
    return (values, optimizer)
  }
}

private func distance(_ a: [Float], _ b: [Double]) -> Double {
  zip(a, b).map { abs(Double($0) - $1) }.max()!
}

@Test func updatesAreThoseOfNumPy() throws {
  for golden in try Golden.all() {
    let (values, optimizer) = golden.updated {
      Muon(
        $0, .init(momentum: 0.95, weightDecay: 0.1, rateFactor: 10, blockSize: golden.block), rest: adamW,
        excluding: [])
    }
    #expect(distance(values.values, golden.matrix) < 2e-6)
    let momentum = optimizer.slots[0].tensors[0].value
    #expect(distance(momentum.values, golden.momentum) < 1e-6)
  }
}

/// Numbers whose direction and gradient differ in sign stay where they are, but for decay.
@Test func cautiousUpdatesAreThoseOfNumPy() throws {
  let cautious = AdamW.Constants(
    beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, isCautious: true)
  for golden in try Golden.all() {
    let byMuon = golden.updated {
      Muon($0, .init(momentum: 0.95, weightDecay: 0.1, rateFactor: 10), rest: cautious, excluding: [])
    }
    #expect(distance(byMuon.values.values, golden.cautious) < 5e-6)
    let byAdamW = golden.updated { AdamW($0, cautious) }
    #expect(distance(byAdamW.values.values, golden.cautiousAdamW) < 5e-6)
  }
}

/// What is no hidden matrix has the very bits that AdamW alone gives it, and no other state.
@Test func allElseIsUpdatedAsByAdamWAlone() {
  let policy = ParameterPolicy(rateFactors: [RateFactor(pattern: NamePattern("first"), factor: 0.3)])
  let (mine, other) = (store(policy), store(policy))
  let (optimizer, plain) = (muon(mine), AdamW(other, adamW))
  for n in 1...3 {
    update(optimizer, mine, n)
    update(plain, other, n)
  }
  for entry in mine.entries {
    let isHidden = ["hidden.weight", "convolution.weight"].contains(entry.name)
    #expect(sameBits(mine.values(of: entry), other.values(of: entry)) != isHidden, "\(entry.name)")
  }
  let slots = optimizer.slots
  #expect(slots.map(\.name) == ["momentum", "firstMoment", "secondMoment"])
  #expect(slots[0].tensors.map(\.parameter) == ["hidden.weight", "convolution.weight"])
  #expect(slots[0].tensors[1].value.shape == [6, 4, 3, 1, 3])
  let rest = ["first.weight", "hidden.bias", "table", "vector", "column"]
  for (mine, plain) in zip(slots.dropFirst(), plain.slots) {
    #expect(mine.tensors.map(\.parameter) == rest)
    for state in mine.tensors {
      let its = plain.tensors.first { $0.parameter == state.parameter }!
      #expect(sameBits(state.value, its.value), "\(state.parameter)")
    }
  }
}

@Test func ratesFollowTheParametersFactors() {
  func change(_ factor: Double) -> Float {
    let store = store(ParameterPolicy(rateFactors: [RateFactor(pattern: NamePattern("*"), factor: factor)]))
    let entry = store.entries.first { $0.name == "hidden.weight" }!
    let before = store.values(of: entry).copied()
    update(muon(store), store, 1)
    before.add(store.values(of: entry), scale: -1)
    return Float(before.sumOfSquares.squareRoot())
  }
  #expect(change(0) == 0)
  #expect(abs(change(0.5) / change(1) - 0.5) < 1e-4)
}

@Test func muonsSlotsAreTheStateItself() {
  let (mine, other) = (store(), store())
  let (optimizer, restored) = (muon(mine), muon(other))
  update(optimizer, mine, 1)
  for (mine, its) in zip(restored.slots, optimizer.slots) {
    for (to, from) in zip(mine.tensors, its.tensors) { to.value.copy(from: from.value) }
  }
  restored.updates = optimizer.updates
  #expect(restored.updates == 1)
  other.values.copy(from: mine.values)
  update(optimizer, mine, 2)
  update(restored, other, 2)
  #expect(sameBits(mine.values, other.values))
}

/// Matrices that all threads multiply, and those that have one each; wide and tall.
private func manySizes(_ precision: Precision = .float32) -> ParameterStore {
  let store = ParameterStore(policy: ParameterPolicy(computePrecision: precision))
  let shapes = [
    [8, 131_200], [131_200, 8], [40, 300], [300, 40], [16, 16], [5], [100, 70], [64, 90], [90, 300],
    [1100, 1000],
  ]
  for (index, shape) in shapes.enumerated() {
    _ = store.root("layer")(index).parameter("weight", shape, .normal(1))
  }
  store.allocate(seed: 4)
  return store
}

@Test(arguments: [Precision.float32, .bfloat16], [0, 32, 70])
func bitsDoNotDependOnThreads(precision: Precision, blockSize: Int) {
  func values(threads: Int) -> Tensor {
    Parallel.withThreads(threads) {
      let store = manySizes(precision)
      let optimizer = muon(store, blockSize: blockSize)
      for n in 1...2 { update(optimizer, store, n) }
      return store.values
    }
  }
  let one = values(threads: 1)
  #expect(one.isFinite)
  #expect(sameBits(one, values(threads: 3)) && sameBits(one, values(threads: 2)))
}

/// A parameter of several tiles, and rows that have no gradient, as a table's that no text asked for.
@Test func theShareThatIsKeptIsThatOfAWholeParametersGradients() {
  let store = ParameterStore()
  let entry = store.root.parameter("table", [40, 1000], .constant(0), decays: false).entry
  store.allocate(seed: 1)
  let gradient = store.gradients.view(at: entry.offset, [40, 1000])
  let optimizer = AdamW(
    store, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, isCautious: true))
  let first = gaussian([30, 1000], seed: 2), second = gaussian([30, 1000], seed: 3)
  for step in [first, second] {
    gradient.fill(0)
    gradient.view(at: 0, [30, 1000]).copy(from: step)
    optimizer.update(rate: 0.01, gradientScale: 1)
  }
  func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
  let pairs = zip(first.values, second.values).map { (Double($0), Double($1)) }
  let means = pairs.map { 0.9 * 0.1 * $0.0 + 0.1 * $0.1 }
  let kept = zip(means, pairs).map { sign($0) == sign($1.1) }
  let scale = Double(kept.count) / Double(kept.count { $0 })
  for (i, pair) in pairs.enumerated() {
    // Of the first update all is kept: the moment is the gradient.
    let before = 0.01 * sign(pair.0)
    let root = ((0.95 * 0.05 * pair.0 * pair.0 + 0.05 * pair.1 * pair.1) / (1 - 0.95 * 0.95)).squareRoot()
    let step = kept[i] ? 0.01 * scale * means[i] / (1 - 0.81) / root : 0
    let error = abs(Double(store.values.pointer[entry.offset + i]) + before + step)
    #expect(error < 1e-5, "\(i): \(error)")
  }
  #expect(store.values.view(at: entry.offset + 30_000, [10_000]).values.allSatisfy { $0 == 0 })
}

/// The scale of what is kept follows from a whole parameter, however many threads share it.
@Test func cautiousBitsDoNotDependOnThreads() {
  func values(threads: Int) -> Tensor {
    Parallel.withThreads(threads) {
      let store = manySizes()
      let rest = AdamW.Constants(beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, isCautious: true)
      let optimizer = Muon(store, constants, rest: rest, excluding: [NamePattern("layer.3")])
      for n in 1...2 { update(optimizer, store, n) }
      return store.values
    }
  }
  let one = values(threads: 1)
  #expect(one.isFinite && sameBits(one, values(threads: 3)))
}

/// A matrix that all threads multiply is moved as one that has a thread to itself.
@Test(arguments: [[8, 131_200], [131_200, 8]])
func largeMatricesAreUpdatedAsSmallOnes(shape: [Int]) {
  let store = ParameterStore()
  let entry = store.root.parameter("weight", shape, .constant(1)).entry
  store.allocate(seed: 1)
  let optimizer = Muon(store, constants, rest: adamW, excluding: [])
  let matrix = MuonMatrix(entry, place: 0)
  #expect(matrix.isLarge)
  store.gradients.fillGaussian(seed: 2, purpose: .check, step: 0)
  let gradient = store.gradients.view(at: entry.offset, shape)
  let scratch = Tensor([matrix.iteration.scratchCount])
  scratch.view(at: 0, shape).copy(from: gradient)
  let place =
    matrix.iteration.orthogonalized(scratch.pointer, norm: gradient.sumOfSquares.squareRoot())
    - scratch.pointer
  optimizer.update(rate: 0.01, gradientScale: 1)
  let expected = Tensor(shape)
  expected.fill(1 - 0.05 * 0.1)
  expected.add(scratch.view(at: place, shape), scale: -Float(0.05 * matrix.scale))
  expected.add(store.values(of: entry), scale: -1)
  // The step grows with the scale, and so does what rounding leaves.
  #expect(expected.sumOfSquares.squareRoot() < 1e-5 * matrix.scale)
}

@Test func aMuonUpdateTellsWhetherAllIsFinite() {
  for name in ["layer.0.weight", "layer.3.weight"] {
    let store = manySizes()
    let entry = store.entries.first { $0.name == name }!
    let optimizer = muon(store)
    store.gradients.fill(0)
    #expect(optimizer.update(rate: 0.1, gradientScale: 1), "of zeros")
    store.gradients.fill(1)
    #expect(optimizer.update(rate: 0.1, gradientScale: 1))
    let gradient = store.gradients.pointer + entry.offset + entry.count - 1
    for value in [Float.nan, .infinity, 3e38] {
      gradient.pointee = value
      #expect(!optimizer.update(rate: 0.1, gradientScale: 1), "\(name): \(value)")
      optimizer.momentum.fill(0)
      store.values.fill(1)
    }
    gradient.pointee = 0
    #expect(optimizer.update(rate: 0.1, gradientScale: 1))
    store.values.pointer[entry.offset] = -.infinity
    #expect(!optimizer.update(rate: 0.1, gradientScale: 1))
  }
}

@Test func muonIsPlannedExactly() async {
  await #expect(processExitsWith: .success) { expectExactPlan(.float32, blockSize: 0) }
  await #expect(processExitsWith: .success) { expectExactPlan(.bfloat16, blockSize: 0) }
  await #expect(processExitsWith: .success) { expectExactPlan(.float32, blockSize: 32) }
  await #expect(processExitsWith: .success) { expectExactPlan(.bfloat16, blockSize: 70) }
}

private func expectExactPlan(_ precision: Precision, blockSize: Int) {
  func run() {
    let store = manySizes(precision)
    let optimizer = muon(store, blockSize: blockSize)
    for _ in 0..<3 { optimizer.update(rate: 0.1, gradientScale: 1) }
  }
  let plan = Plan.rehearse(run)
  let (before, operations) = (Memory.statistics, Work.productOperations)
  Memory.resetPeak()
  run()
  let after = Memory.statistics
  #expect(plan.peakBytes == after.peakBytes)
  #expect(plan.memory.systemBytes == after.systemBytes - before.systemBytes)
  #expect(plan.memory.systemAllocations == after.systemAllocations - before.systemAllocations)
  #expect(plan.memory.requests == after.requests - before.requests)
  #expect(plan.productOperations == Work.productOperations - operations)
  run()
  #expect(Memory.statistics.systemAllocations == after.systemAllocations)
}
