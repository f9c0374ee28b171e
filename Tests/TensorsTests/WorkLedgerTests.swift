import Dispatch
import Foundation
import Tensors
import Testing

/// The ledger is that of the whole process, so each of these runs in one of its own.
struct WorkLedgerTests {
  @Test func callsAreCountedByKind() async {
    await #expect(processExitsWith: .success) {
      let before = Work.ledger
      parallel(over: 10, tile: 3) { _ in }
      parallel(over: 10, tile: 3, as: .attention) { _ in }
      parallel(over: 10, tile: 3, scratch: 5, as: .attention) { _, _ in }
      parallel(over: 0, tile: 3, as: .attention) { _ in }
      let added = Work.ledger - before
      #expect(added[.rows].calls == 1 && added[.attention].calls == 2 && added[.products].calls == 0)
      multiply(random([3, 5]), transposed: random([7, 5]), into: Tensor([3, 7]))
      #expect((Work.ledger - before)[.products].calls > 0)
      #expect((Work.ledger - before)[.attention].calls == 2)
    }
  }

  @Test func secondsAreThoseThatTheCallerWaits() async {
    await #expect(processExitsWith: .success) {
      let before = Work.ledger
      Parallel.withThreads(2) { parallel(over: 2, tile: 1, as: .products) { _ in usleep(20_000) } }
      let added = Work.ledger - before
      // Two sleeps at once, or one after the other where no second thread was to be had.
      #expect(added[.products].seconds >= 0.02)
      #expect(added[.rows].seconds == 0 && added.seconds == added[.products].seconds)
    }
  }

  @Test func rehearsalsLeaveNoTraceAndOtherThreadsDo() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor.zeros([100])
      let before = Work.ledger
      _ = Plan.rehearse {
        x.fill(1)
        multiply(x.reshaped([1, 100]), transposed: x.reshaped([1, 100]), into: Tensor([1, 1]))
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
          parallel(over: 1, tile: 1, as: .attention) { _ in }
          done.signal()
        }
        done.wait()
      }
      let added = Work.ledger - before
      #expect(added[.rows].calls == 0 && added[.products].calls == 0 && added[.attention].calls == 1)
    }
  }
}
