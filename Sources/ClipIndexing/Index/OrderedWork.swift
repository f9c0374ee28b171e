import Foundation

/// Work on numbered items by several threads, whose results are taken in the order of the items.
///
/// At most `ahead` results wait for their turn, so one slow item holds up the threads rather than filling the memory.
final class OrderedWork<Output: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let count: Int
  private let ahead: Int
  private let work: @Sendable (Int) throws -> Output
  // All below is guarded by the condition's lock.
  private var done: [Int: Result<Output, any Error>] = [:]
  private var nextToTake = 0
  private var nextToStart = 0
  private var isStopped = false

  /// Starts the threads.
  init(
    count: Int, threads: Int, ahead: Int? = nil, name: String,
    _ work: @escaping @Sendable (Int) throws -> Output
  ) {
    self.count = count
    self.ahead = ahead ?? 16 * threads
    self.work = work
    for number in 0..<min(threads, count) {
      let thread = Thread { [self] in serve() }
      thread.name = "\(name) \(number)"
      thread.start()
    }
  }

  private func serve() {
    while let item = claim() {
      let output = Result { try work(item) }
      condition.withLock {
        done[item] = output
        condition.broadcast()
      }
    }
  }

  private func claim() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, nextToStart < count, nextToStart >= nextToTake + ahead { condition.wait() }
    guard !isStopped, nextToStart < count else { return nil }
    defer { nextToStart += 1 }
    return nextToStart
  }

  /// Waits for the next item's result; nil after the last, or after the last that was begun before `stop()`.
  ///
  /// Asks `shouldStop` several times a second while it waits.
  /// - Throws: what work on the item threw.
  func next(shouldStop: () -> Bool) throws -> Output? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if !isStopped, shouldStop() {
        isStopped = true
        condition.broadcast()
      }
      if nextToTake >= (isStopped ? nextToStart : count) { return nil }
      if let output = done.removeValue(forKey: nextToTake) {
        nextToTake += 1
        condition.broadcast()
        return try output.get()
      }
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
    }
  }

  /// Begins nothing any more.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
    }
  }
}
