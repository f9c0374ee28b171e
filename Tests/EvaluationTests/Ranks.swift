import Evaluation
import Foundation
import Testing

/// Ranks of a run as threads of this process.
enum Ranks {
  /// What each of some ranks makes of a look, in their order, all at once.
  static func run<Result>(_ count: Int, _ body: @escaping (SharedLook) -> Result) -> [Result] {
    let (meetings, results, group) = (Meetings(of: count), Slots<Result>(count), DispatchGroup())
    // What the threads run at once reads and does not write, but for a slot of its own.
    nonisolated(unsafe) let body = body
    for rank in 0..<count {
      group.enter()
      Thread {
        let look = SharedLook(rank: rank, of: count) { meetings.gather($0, of: rank) }
        results.values[rank] = body(look)
        group.leave()
      }.start()
    }
    group.wait()
    return results.values.map { $0! }
  }

  private final class Slots<Result>: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Result?>

    init(_ count: Int) {
      values = .allocate(capacity: count)
      values.initialize(repeating: nil)
    }

    deinit {
      values.deinitialize()
      values.deallocate()
    }
  }
}

/// Where ranks wait for each other and give each other numbers.
private final class Meetings: @unchecked Sendable {
  private let condition = NSCondition()
  private let count: Int
  private var waiting: [Int: [Double]?] = [:]
  /// What each meeting gave.
  private var held: [[[Double]]?] = []

  init(of count: Int) { self.count = count }

  func gather(_ own: [Double]?, of rank: Int) -> [[Double]]? {
    condition.lock()
    defer { condition.unlock() }
    let meeting = held.count
    waiting.updateValue(own, forKey: rank)
    if waiting.count == count {
      let given = (0..<count).compactMap { waiting[$0]! }
      held.append(given.count == count ? given : nil)
      waiting = [:]
      condition.broadcast()
    }
    let end = Date(timeIntervalSinceNow: 60)
    while held.count == meeting {
      guard condition.wait(until: end) else {
        Issue.record("a rank did not come to the meeting")
        return nil
      }
    }
    return held[meeting]
  }
}
