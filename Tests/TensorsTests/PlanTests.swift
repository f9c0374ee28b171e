import Dispatch
import Tensors
import Testing

struct PlanTests {
  /// Compared with counts of the whole process, so in one of its own.
  @Test func countsWhatTheRealRunTakes() async {
    await #expect(processExitsWith: .success) {
      let input = random([200, 33])
      let plan = Plan.rehearse { for _ in 0..<2 { step(input) } }
      Memory.trim()
      Memory.resetPeak()
      let (before, operations) = (Memory.statistics, Work.productOperations)
      for _ in 0..<2 { step(input) }
      let after = Memory.statistics
      #expect(plan.memory.requests == after.requests - before.requests)
      #expect(plan.memory.requestedBytes == after.requestedBytes - before.requestedBytes)
      #expect(plan.memory.systemBytes == after.systemBytes - before.systemBytes)
      #expect(plan.memory.systemAllocations == after.systemAllocations - before.systemAllocations)
      #expect(plan.memory.requests > plan.memory.systemAllocations)
      #expect(plan.peakBytes == Memory.statistics.peakBytes)
      #expect(plan.productOperations == Work.productOperations - operations)
      #expect(plan.productOperations == 2 * 4 * 200 * 33 * 65)
    }
  }

  @Test func touchesNothing() async {
    await #expect(processExitsWith: .success) {
      let (x, y) = (random([50, 20]), random([50, 20], 2))
      let before = x.values
      let (statistics, operations) = (Memory.statistics, Work.productOperations)
      _ = Plan.rehearse {
        x.fill(0)
        x.add(y)
        x.scale(by: 2)
        x.copy(from: y)
        addColumnSums(of: y, to: x.view(at: 0, [20]))
        multiply(y, y.reshaped([20, 50]), into: Tensor([50, 50]))
        multiply(y.reshaped([1, 1000]), transposed: y.reshaped([1, 1000]), into: x.view(at: 0, [1]))
        x.fillGaussian(seed: 1, purpose: .check, step: 0)
        parallel(over: 10, tile: 1, scratch: 1000) { _, scratch in scratch[0] = 1 }
        #expect(x.sumOfSquares == 0)
        #expect(Plan.isRunning)
      }
      #expect(!Plan.isRunning)
      #expect(x.values == before)
      #expect(Memory.statistics == statistics)
      #expect(Work.productOperations == operations)
    }
  }

  @Test func needsNoMemory() {
    let plan = Plan.rehearse { _ = Tensor.zeros([1 << 20, 1 << 20]) + Tensor([1 << 20, 1 << 20]) }
    #expect(plan.peakBytes >= 3 << 42)
  }

  @Test func tellsProductsByShape() {
    let plan = Plan.rehearse {
      let (a, b) = (Tensor([4, 3]), Tensor([5, 3]))
      for _ in 0..<2 { multiply(a, transposed: b, into: Tensor([4, 5])) }
      multiply(Tensor([4, 5]), b, into: Tensor([4, 3]))
      multiplyAdd(transposed: Tensor([4, 5]), a, into: Tensor([5, 3]))
    }
    #expect(
      plan.products == [
        ProductShape(.forward, rows: 4, columns: 5, terms: 3): 2,
        ProductShape(.inputGradient, rows: 4, columns: 3, terms: 5): 1,
        ProductShape(.weightGradient, rows: 5, columns: 3, terms: 4): 1,
      ])
    #expect(plan.products.reduce(0) { $0 + $1.key.operations * $1.value } == plan.productOperations)
  }

  @Test func endsWhenItsBodyThrows() {
    struct Failure: Error {}
    #expect(throws: Failure.self) { _ = try Plan.rehearse { throw Failure() } }
    #expect(!Plan.isRunning)
  }

  @Test func otherThreadsGoOnComputing() {
    let x = Tensor.zeros([100])
    let plan = Plan.rehearse {
      let done = DispatchSemaphore(value: 0)
      DispatchQueue.global().async {
        x.fill(2)
        multiply(x.reshaped([1, 100]), transposed: x.reshaped([1, 100]), into: Tensor([1, 1]))
        done.signal()
      }
      done.wait()
    }
    #expect(x.values.allSatisfy { $0 == 2 })
    #expect(plan.productOperations == 0)
  }
}

/// Some of everything that takes memory.
private func step(_ input: Tensor) {
  let hidden = Tensor([200, 65])
  multiply(input, transposed: Tensor.zeros([65, 33]), into: hidden)
  let sum = hidden + hidden
  parallel(over: 200, tile: 10, scratch: 500) { rows, scratch in
    for r in rows { scratch[0] = sum.row(r)[0] }
  }
  let gradient = Tensor.zeros([65, 33])
  multiplyAdd(transposed: sum, input, into: gradient)
}
