import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 5])
  func eachWorkerIsCalledOnce(workers: Int) {
    for round in 0..<2000 {
      let calls = Mutex(Array(repeating: 0, count: workers))
      WorkerPool.shared.run(workers: workers) { worker in calls.withLock { $0[worker] += 1 } }
      #expect(calls.withLock { $0 } == Array(repeating: 1, count: workers), "round \(round)")
    }
  }

  @Test func helpersThatFellAsleepWakeUp() {
    for _ in 0..<20 {
      usleep(5000)
      let sum = Atomic<Int>(0)
      WorkerPool.shared.run(workers: 3) { worker in sum.add(worker + 1, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == 6)
    }
  }

  @Test func callsFromManyThreadsAndWithinEachOtherAllComplete() {
    let done = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<200 {
        Parallel.withThreads(2) {
          parallel(over: 4, tile: 1) { _ in
            parallel(over: 3, tile: 1) { range in done.add(range.count, ordering: .relaxed) }
          }
        }
      }
    }
    #expect(done.load(ordering: .relaxed) == 8 * 200 * 4 * 3)
  }
}
