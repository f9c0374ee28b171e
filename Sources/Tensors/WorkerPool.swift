import CProcessor
import Dispatch
import Foundation
import Synchronization

/// Threads that help the calling one, kept awake between calls that follow each other closely.
///
/// A step of a small model makes hundreds of calls of some ten microseconds. To wake a sleeping thread takes about as long,
/// so a helper that is done looks for its next work for a moment before it sleeps.
final class WorkerPool: Sendable {
  static let shared = WorkerPool()

  private let isBusy = Atomic<Bool>(false)
  private let helpers = Mutex<[Helper]>([])

  /// Calls `work` with 0 on this thread and with 1..<workers on helpers, all at once, and returns when all are done.
  ///
  /// While another thread uses the pool, all of the work is done on this one: what it does must not depend on that.
  func run(workers: Int, _ work: (_ worker: Int) -> Void) {
    guard workers > 1, !isBusy.exchange(true, ordering: .acquiring) else {
      for worker in 0..<workers { work(worker) }
      return
    }
    defer { isBusy.store(false, ordering: .releasing) }
    let helping = helpers.withLock { helpers in
      while helpers.count < workers - 1 { helpers.append(Helper(worker: helpers.count + 1)) }
      return helpers.prefix(workers - 1)
    }
    // The work runs inside this call, which the type system cannot see.
    withoutActuallyEscaping(work) { work in
      for helper in helping { helper.start(work) }
      work(0)
      for helper in helping { helper.wait() }
    }
  }
}

/// One thread of the pool.
private final class Helper: @unchecked Sendable {
  private enum State { static let idle = 0, working = 1, asleep = 2 }

  /// Looks for work before falling asleep: some fifty microseconds.
  private static let looks = 2000

  private let worker: Int
  private let state = Atomic<Int>(State.idle)
  private let alarm = DispatchSemaphore(value: 0)
  /// Written before `state` becomes `working` and read after.
  private var work: ((Int) -> Void)?

  init(worker: Int) {
    self.worker = worker
    let thread = Thread { [self] in serve() }
    thread.name = "compute \(worker)"
    thread.start()
  }

  func start(_ work: @escaping (Int) -> Void) {
    self.work = work
    if state.exchange(State.working, ordering: .acquiringAndReleasing) == State.asleep { alarm.signal() }
  }

  func wait() {
    var looks = 0
    while state.load(ordering: .acquiring) == State.working {
      looks += 1
      // Where there are more threads than cores, the helper may need this one's.
      if looks % Self.looks == 0 { sched_yield() } else { vfm_pause() }
    }
    work = nil
  }

  private func serve() {
    while true {
      var looks = 0
      while state.load(ordering: .acquiring) != State.working {
        looks += 1
        if looks < Self.looks {
          vfm_pause()
        } else if state.compareExchange(
          expected: State.idle, desired: State.asleep, ordering: .acquiringAndReleasing
        ).exchanged {
          alarm.wait()
        }
      }
      work!(worker)
      state.store(State.idle, ordering: .releasing)
    }
  }
}
