import CMPI

/// Something that ranks send each other, all at once. All ranks ask for the same transfers in the same order.
///
/// It is used by the communication thread from the time it is asked for until it is done.
class Transfer: @unchecked Sendable {
  /// What MPI has under way for it.
  fileprivate var requests: [vfm_request] = []
  /// Run on the communication thread once everything has come.
  fileprivate let after: (() -> Void)?
  /// Guarded by the communication thread's lock.
  var isDone = false

  init(after: (() -> Void)? = nil) { self.after = after }

  /// Starts it.
  /// - Returns: MPI's code.
  func begin() -> Int32 { preconditionFailure("a transfer begins") }

  /// Asks MPI for something.
  fileprivate func ask(_ call: (inout vfm_request) -> Int32) -> Int32 {
    var request = vfm_request()
    let code = call(&request)
    if code == 0 { requests.append(request) }
    return code
  }

  /// Whether everything has come; asking is also what makes it come.
  /// - Returns: MPI's code.
  final func test(_ isThere: inout Bool) -> Int32 {
    while var last = requests.last {
      var done: Int32 = 0
      let code = vfm_mpi_test(&last, &done)
      requests[requests.count - 1] = last
      if code != 0 { return code }
      if done == 0 {
        isThere = false
        return 0
      }
      requests.removeLast()
    }
    isThere = true
    return 0
  }

  /// Does what is to be done when everything is there.
  final func finish() { after?() }
}

/// Numbers for MPI, which reads them until a transfer is done.
final class TransferCounts {
  let counts: UnsafeMutablePointer<Int32>, places: UnsafeMutablePointer<Int32>

  /// One after the other, or where they are said to lie.
  init(_ counts: [Int], places: [Int]? = nil) {
    (self.counts, self.places) = (.allocate(capacity: counts.count), .allocate(capacity: counts.count))
    var next = 0
    for (index, count) in counts.enumerated() {
      self.counts[index] = Int32(count)
      self.places[index] = Int32(places?[index] ?? next)
      next += count
    }
  }

  deinit {
    counts.deallocate()
    places.deallocate()
  }
}

/// Gives every rank what each of them has in its stretch of some memory.
final class GatherTransfer: Transfer, @unchecked Sendable {
  private let all: UnsafeMutableRawPointer
  private let stretches: TransferCounts
  private let isFloats: Bool

  init(_ all: UnsafeMutableRawPointer, _ stretches: TransferCounts, isFloats: Bool) {
    (self.all, self.stretches, self.isFloats) = (all, stretches, isFloats)
    super.init()
  }

  override func begin() -> Int32 {
    ask { request in
      isFloats
        ? vfm_mpi_gather_floats(
          all.assumingMemoryBound(to: Float.self), stretches.counts, stretches.places, &request)
        : vfm_mpi_gather(all, stretches.counts, stretches.places, &request)
    }
  }
}

/// Sends each rank a stretch of some memory, and takes one from each.
final class ExchangeTransfer: Transfer, @unchecked Sendable {
  private let from: UnsafeRawPointer, to: UnsafeMutableRawPointer
  private let sent: [Range<Int>], taken: [Int]
  private let elementSize: Int
  private let rank: Int

  /// - Parameters:
  ///   - sent: which elements of `from` each rank is sent.
  ///   - taken: how many elements come from each rank; they come to lie one after the other in `to`.
  init(
    rank: Int, from: UnsafeRawPointer, _ sent: [Range<Int>], to: UnsafeMutableRawPointer, _ taken: [Int],
    elementSize: Int, after: (() -> Void)?
  ) {
    (self.rank, self.from, self.to, self.sent, self.taken) = (rank, from, to, sent, taken)
    self.elementSize = elementSize
    super.init(after: after)
  }

  /// Each rank begins with the one after it, so that not all send to the same one at first.
  override func begin() -> Int32 {
    let size = Int32(elementSize)
    for distance in 1..<sent.count {
      let source = (rank + sent.count - distance) % sent.count
      guard taken[source] > 0 else { continue }
      let place = to + taken[..<source].reduce(0, +) * elementSize
      let code = ask { vfm_mpi_take(place, Int32(taken[source]), size, Int32(source), &$0) }
      if code != 0 { return code }
    }
    for distance in 1..<sent.count {
      let target = (rank + distance) % sent.count
      guard !sent[target].isEmpty else { continue }
      let place = from + sent[target].lowerBound * elementSize
      let code = ask { vfm_mpi_send(place, Int32(sent[target].count), size, Int32(target), &$0) }
      if code != 0 { return code }
    }
    if taken[rank] > 0 {
      (to + taken[..<rank].reduce(0, +) * elementSize).copyMemory(
        from: from + sent[rank].lowerBound * elementSize, byteCount: taken[rank] * elementSize)
    }
    return 0
  }
}

/// Has MPI add floats of all ranks, and takes a stretch of the sum.
final class ReduceTransfer: Transfer, @unchecked Sendable {
  private let from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>
  private let stretches: TransferCounts

  init(
    from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, _ stretches: TransferCounts,
    after: (() -> Void)?
  ) {
    (self.from, self.to, self.stretches) = (from, to, stretches)
    super.init(after: after)
  }

  override func begin() -> Int32 { ask { vfm_mpi_reduce(from, to, stretches.counts, &$0) } }
}
