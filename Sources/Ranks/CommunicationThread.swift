import CMPI
import Foundation

/// The thread that makes all calls of MPI, so that transfers go on while others compute. It never waits within MPI, which
/// would spin: it looks again after a pause, a short one where somebody waits.
final class CommunicationThread: @unchecked Sendable {
  /// How many transfers are under way at once, so that the next one is there when one is done.
  private static let window = 2
  /// How often it looks without a pause for what somebody waits for (a second or two, since the waiting thread leaves its core
  /// free), and the pauses after that and else, in microseconds.
  private static let eagerLooks = 1_000_000, shortPause: UInt32 = 20, longPause: UInt32 = 100

  /// Says why the job ends, and gives its exit code.
  typealias Failing = @Sendable (_ words: String) -> Int32
  /// Seconds in which the ranks must have found each other: on many machines, whose disks are busy, that takes a while.
  private static let leastStartLimit = 60.0

  private let condition = NSCondition()
  // Guarded by the condition's lock.
  private var queue: [Transfer] = []
  private var waiters = 0
  private var isEnding = false, isOver = false
  private var abortCode: Int32?
  private var started: Result<(rank: Int, count: Int), RanksError>?
  private var names: [String] = []

  private let silenceLimit: Double
  private let failing: Failing

  init(silenceLimit: Double, failing: @escaping Failing) {
    (self.silenceLimit, self.failing) = (silenceLimit, failing)
  }

  /// Starts the thread, and MPI on it.
  func start() throws -> (rank: Int, count: Int) {
    let thread = Thread { [self] in run() }
    thread.name = "ranks"
    thread.stackSize = 4 << 20
    thread.start()
    return try condition.withLock {
      while started == nil { condition.wait() }
      return try started!.get()
    }
  }

  /// Says who is who in messages.
  func name(_ names: [String]) { condition.withLock { self.names = names } }

  func begin(_ transfer: Transfer) {
    condition.withLock {
      queue.append(transfer)
      condition.broadcast()
    }
  }

  /// Waits until a transfer is done.
  func wait(for transfer: Transfer) {
    condition.withLock {
      waiters += 1
      condition.broadcast()
      while !transfer.isDone { condition.wait() }
      waiters -= 1
    }
  }

  /// Whether somebody waits for other ranks.
  var isWaitedFor: Bool { condition.withLock { waiters > 0 } }

  /// Ends MPI once all that was asked for is done.
  func end() {
    condition.withLock {
      isEnding = true
      condition.broadcast()
      while !isOver { condition.wait() }
    }
  }

  /// Ends the job, all ranks of it. Does not return.
  func abort(_ code: Int32) -> Never {
    condition.withLock {
      abortCode = code
      condition.broadcast()
    }
    sleep(5)
    _exit(code)
  }

  // MARK: On the thread

  private func run() {
    var (rank, count) = (Int32(0), Int32(1))
    var communicator = vfm_communicator()
    watchStart()
    let code = vfm_mpi_start(&rank, &count, &communicator)
    condition.withLock {
      started = code == 0 ? .success((Int(rank), Int(count))) : .failure(.failedToStart(Self.words(code)))
      condition.broadcast()
    }
    guard code == 0 else { return }
    var heartbeats =
      count > 1
      ? Heartbeats(rank: Int(rank), count: Int(count), communicator, limit: silenceLimit) : nil
    serve(&heartbeats)
    heartbeats?.stop()
    _ = vfm_mpi_finish()
    condition.withLock {
      isOver = true
      condition.broadcast()
    }
  }

  /// MPI waits for ranks that do not come, without an end and a word.
  private func watchStart() {
    Thread { [self] in
      let limit = Int(max(Self.leastStartLimit, silenceLimit))
      for _ in 0..<limit {
        sleep(1)
        if condition.withLock({ started != nil }) { return }
      }
      _exit(
        failing(
          "the ranks have not found each other within \(limit) seconds: one of them is stopped, or starts slowly (give it "
            + "more time with --silence-limit)"))
    }.start()
  }

  /// Carries out what is asked for, in order, until the end.
  private func serve(_ heartbeats: inout Heartbeats?) {
    var active: [Transfer] = []
    var looks = 0
    var nextBeat = ContinuousClock.now
    while true {
      let now = ContinuousClock.now
      if now >= nextBeat {
        if let lost = heartbeats?.look() { fail(lostWords(lost)) }
        nextBeat = now + .seconds(Heartbeats.pause)
      }
      let (fresh, isWaitedFor, isDone) = take(mostFresh: Self.window - active.count, mayPause: active.isEmpty)
      if isDone && active.isEmpty { return }
      for transfer in fresh {
        check(transfer.begin())
        active.append(transfer)
        looks = 0
      }
      guard let oldest = active.first else { continue }
      var isThere = false
      check(oldest.test(&isThere))
      if isThere {
        oldest.finish()
        active.removeFirst()
        looks = 0
        condition.withLock {
          oldest.isDone = true
          condition.broadcast()
        }
        continue
      }
      looks += 1
      if !isWaitedFor {
        usleep(Self.longPause)
      } else if looks > Self.eagerLooks {
        usleep(Self.shortPause)
      } else {
        sched_yield()
      }
    }
  }

  /// What was asked for since, after a pause where there is nothing to do; whether somebody waits; and whether that was all.
  private func take(
    mostFresh: Int, mayPause: Bool
  ) -> (fresh: [Transfer], isWaitedFor: Bool, isDone: Bool) {
    condition.lock()
    defer { condition.unlock() }
    if let abortCode { vfm_mpi_abort(abortCode) }
    if mayPause, queue.isEmpty, !isEnding {
      condition.wait(until: Date(timeIntervalSinceNow: Heartbeats.pause))
    }
    let fresh = Array(queue.prefix(mostFresh))
    queue.removeFirst(fresh.count)
    return (fresh, waiters > 0, isEnding && queue.isEmpty && fresh.isEmpty)
  }

  private func check(_ code: Int32) {
    if code != 0 { fail("MPI failed: \(Self.words(code))") }
  }

  private func lostWords(_ rank: Int) -> String {
    let names = condition.withLock { self.names }
    let name = names.indices.contains(rank) ? names[rank] : "rank \(rank)"
    return "\(name) has not answered for \(Int(silenceLimit)) seconds: it is stopped, or its machine is gone"
  }

  private func fail(_ words: String) -> Never {
    // Neither what is said nor MPI may keep the job from ending.
    Thread {
      sleep(5)
      _exit(70)
    }.start()
    let code = failing(words)
    vfm_mpi_abort(code)
    _exit(code)
  }

  private static func words(_ code: Int32) -> String { text { vfm_mpi_words(code, $0) } }

  /// The library's name and version, in one line.
  static var library: String {
    text(vfm_mpi_library).split(separator: "\n").first.map { String($0.prefix { $0 != "," }) } ?? "MPI"
  }

  private static func text(_ write: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) {
      $0.initialize(repeating: 0)
      write($0.baseAddress!)
      return String(cString: $0.baseAddress!).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
