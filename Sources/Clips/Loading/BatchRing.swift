import Foundation

/// Threads that make batches in the order of their steps, at most `ahead` of the one that is taken next.
///
/// The threads hold the ring, never the loader that owns it, so the loader's end is the threads' end.
final class BatchRing: @unchecked Sendable {
  private let condition = NSCondition()
  private let ahead: Int
  // All below is guarded by the condition's lock.
  private var made: [Int: Result<BatchSamples, any Error>] = [:]
  private var nextToTake: Int
  private var nextToMake: Int
  private var isClosed = false
  private var isStopped = false
  private var living = 0

  init(_ maker: BatchMaker, startStep: Int, workers: Int, ahead: Int) {
    self.ahead = ahead
    nextToTake = startStep
    nextToMake = startStep
    living = workers
    for worker in 0..<workers {
      let thread = Thread { [self] in work(maker) }
      thread.name = "clips \(worker)"
      thread.start()
    }
  }

  private func work(_ maker: BatchMaker) {
    while let step = claim() {
      let result = Result { try maker.samples(step: step) { self.isOver } }
      condition.lock()
      made[step] = result
      // Steps are claimed in order, so those before a failed one are made or being made: they are still delivered.
      if case .failure = result { isClosed = true }
      condition.broadcast()
      condition.unlock()
    }
    condition.lock()
    living -= 1
    condition.broadcast()
    condition.unlock()
  }

  /// The next step to make, once it is near enough; nil when there is nothing more to do.
  private func claim() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, !isClosed, nextToMake >= nextToTake + ahead { condition.wait() }
    if isStopped || isClosed { return nil }
    defer { nextToMake += 1 }
    return nextToMake
  }

  private var isOver: Bool { condition.withLock { isStopped } }

  /// Waits for the next step's samples. After a failure, the failure again each time.
  func next() throws -> (step: Int, samples: BatchSamples) {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped, made[nextToTake] == nil { condition.wait() }
    if isStopped { throw CancellationError() }
    let step = nextToTake
    let samples = try made[step]!.get()
    made[step] = nil
    nextToTake += 1
    condition.broadcast()
    return (step, samples)
  }

  /// Ends the threads and waits until they are gone: at most as long as one clip takes to decode, or as trouble of the
  /// machine is waited out.
  func stop() {
    condition.lock()
    isStopped = true
    made.removeAll()
    condition.broadcast()
    while living > 0 { condition.wait() }
    condition.unlock()
  }
}
