import CMPI
import Foundation

/// The thread that makes all calls of MPI, so that transfers go on while others compute. It never waits within MPI, which
/// would spin: it looks again after a pause, a short one where somebody waits.
final class CommunicationThread: @unchecked Sendable {
  /// How many transfers are under way at once, so that the next one is there when one is done.
  private static let window = 2
  /// How often it looks without a pause for what somebody waits for, and the pauses after that and else, in microseconds.
  private static let eagerLooks = 2000, shortPause: UInt32 = 20, longPause: UInt32 = 100

  /// Ends the job: says why, and has MPI end all ranks.
  typealias Failing = @Sendable (_ words: String) -> Int32

  private let condition = NSCondition()
  // Guarded by the condition's lock.
  private var queue: [Transfer] = []
  private var waiters = 0
  private var isEnding = false, isOver = false
  private var abortCode: Int32?
  private var started: Result<(rank: Int, count: Int), RanksError>?
  private var failing: Failing = { _ in 70 }
  private var names: [String] = []

  private let silenceLimit: Double

  init(silenceLimit: Double) { self.silenceLimit = silenceLimit }

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

  /// Says who is who in messages, and what to do when ranks are lost.
  func prepare(names: [String], failing: @escaping Failing) {
    condition.withLock { (self.names, self.failing) = (names, failing) }
  }

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
      let isWaitedFor: Bool
      do {
        condition.lock()
        defer { condition.unlock() }
        if let abortCode { vfm_mpi_abort(abortCode) }
        if active.isEmpty, queue.isEmpty {
          if isEnding { return }
          condition.wait(until: Date(timeIntervalSinceNow: Heartbeats.pause))
        }
        while active.count < Self.window, !queue.isEmpty {
          active.append(queue.removeFirst())
          check(active.last!.begin())
          looks = 0
        }
        isWaitedFor = waiters > 0
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

  private func check(_ code: Int32) {
    if code != 0 { fail("MPI failed: \(Self.words(code))") }
  }

  private func lostWords(_ rank: Int) -> String {
    let names = condition.withLock { self.names }
    let name = names.indices.contains(rank) ? names[rank] : "rank \(rank)"
    return "\(name) has not answered for \(Int(silenceLimit)) seconds: it is stopped, or its machine is gone"
  }

  private func fail(_ words: String) {
    let failing = condition.withLock { self.failing }
    let code = failing(words)
    // A lost rank may keep MPI from ending the others.
    Thread {
      sleep(5)
      _exit(code)
    }.start()
    vfm_mpi_abort(code)
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
