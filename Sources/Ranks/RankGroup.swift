import Foundation

/// The processes of a run: this one's rank, how many there are, and what they can send each other.
///
/// All ranks make the same calls in the same order. Alone a group has one rank, and nothing is sent. A transfer that MPI cannot
/// make ends the whole job: there is no going on without a rank, but from a checkpoint.
public final class RankGroup: Sendable {
  /// This process's place, from 0, and the number of processes.
  public let rank: Int, count: Int
  private let thread: CommunicationThread?

  /// The group of a program that runs alone.
  public static let alone = RankGroup(rank: 0, count: 1, thread: nil)

  /// A group that sends nothing, for rehearsals of one of its ranks: what others would send does not come.
  public static func pretended(rank: Int = 0, count: Int) -> RankGroup {
    RankGroup(rank: rank, count: count, thread: nil)
  }

  private init(rank: Int, count: Int, thread: CommunicationThread?) {
    (self.rank, self.count, self.thread) = (rank, count, thread)
  }

  /// The group that this process was started in. MPI is started only if `mpirun` or `srun` started the program.
  /// - Parameters:
  ///   - silenceLimit: seconds after which a rank that gives no sign of life ends the job.
  ///   - failing: says why the job ends, where that is not for a rank to decide, and gives its exit code.
  /// - Throws: `RanksError` when several processes were started that cannot work together.
  public static func join(
    _ environment: [String: String] = ProcessInfo.processInfo.environment, silenceLimit: Double = 7,
    failing: @escaping @Sendable (_ words: String) -> Int32 = { _ in 70 }
  ) throws -> RankGroup {
    let launch = Launch(environment)
    try launch.requireMPI()
    guard launch.isOfMPI, Launch.isMPIBuiltIn else { return .alone }
    let thread = CommunicationThread(silenceLimit: silenceLimit, failing: failing)
    let (rank, count) = try thread.start()
    try launch.requireFit(found: count, library: CommunicationThread.library)
    return RankGroup(rank: rank, count: count, thread: thread)
  }

  /// Whether this is the first rank, which alone prints and writes what a run writes once.
  public var isFirst: Bool { rank == 0 }

  /// The name and version of the library, where MPI was started.
  public var library: String? { thread.map { _ in CommunicationThread.library } }

  /// Says what each rank is called in messages.
  public func name(_ names: [String]) { thread?.name(names) }

  // MARK: Short messages

  /// What each rank gives, in the order of ranks.
  public func gather(_ own: [UInt8]) -> [[UInt8]] {
    guard count > 1 else { return [own] }
    let sizes = gather(one: Double(own.count)).map { Int($0) }
    let all = gatherBytes(own, counts: sizes)
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Array(all[start..<start + size])
    }
  }

  /// What each rank gives, as text.
  public func gather(_ own: String) -> [String] {
    gather(Array(own.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The numbers of all ranks, one after the other, where it is known how many each of them gives.
  public func gather(_ own: [Double], counts: [Int]) -> [Double] {
    guard count > 1 else { return own }
    let bytes = gatherBytes(
      own.withUnsafeBytes { Array($0) }, counts: counts.map { $0 * MemoryLayout<Double>.size })
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  }

  /// The one number that each rank gives, in the order of ranks.
  public func gather(one own: Double) -> [Double] {
    gather([own], counts: Array(repeating: 1, count: count))
  }

  /// The numbers that each rank gives, in the order of ranks.
  public func gather(_ own: [Double]) -> [[Double]] {
    gather(own.withUnsafeBytes { Array($0) }).map { bytes in
      bytes.withUnsafeBytes { memory in
        (0..<memory.count / 8).map { memory.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
      }
    }
  }

  /// Whether any rank says so.
  public func any(_ own: Bool) -> Bool { gather(one: own ? 1 : 0).contains(1) }

  private func gatherBytes(_ own: [UInt8], counts: [Int]) -> [UInt8] {
    precondition(own.count == counts[rank], "rank \(rank) gives \(counts[rank]) bytes")
    let (total, first) = (counts.reduce(0, +), counts[..<rank].reduce(0, +))
    guard let thread else {
      return Array(repeating: 0, count: first) + own + Array(repeating: 0, count: total - first - own.count)
    }
    let all = UnsafeMutableRawPointer.allocate(byteCount: max(total, 1), alignment: 8)
    defer { all.deallocate() }
    own.withUnsafeBytes {
      if let base = $0.baseAddress { (all + first).copyMemory(from: base, byteCount: own.count) }
    }
    let transfer = GatherTransfer(all, TransferCounts(counts), isFloats: false)
    thread.begin(transfer)
    thread.wait(for: transfer)
    return Array(UnsafeRawBufferPointer(start: all, count: total))
  }

  // MARK: Floats, while others compute

  /// Something that is under way.
  public struct Pending {
    fileprivate let transfer: Transfer?
    fileprivate let thread: CommunicationThread?

    /// Waits until it is done.
    public func wait() {
      if let transfer { thread?.wait(for: transfer) }
    }
  }

  /// Gives every rank what each of them has in its stretch of `all`: `counts` floats from `places` on.
  public func gather(
    _ all: UnsafeMutablePointer<Float>, counts: [Int], places: [Int]
  ) -> Pending {
    begin { GatherTransfer(all, TransferCounts(counts, places: places), isFloats: true) }
  }

  /// Sends each rank some elements of `from`, and takes `taken` elements from each, which come to lie one after the other in
  /// `to`.
  /// - Parameter after: run on the communication thread when all are there.
  public func exchange(
    from: UnsafeRawPointer, sent: [Range<Int>], to: UnsafeMutableRawPointer, taken: [Int],
    elementSize: Int, after: @escaping () -> Void
  ) -> Pending {
    begin {
      ExchangeTransfer(
        rank: rank, from: from, sent, to: to, taken, elementSize: elementSize, after: after)
    }
  }

  /// Has MPI add the floats of all ranks, and takes this rank's stretch of the sum, `counts[rank]` floats.
  public func reduce(
    from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, counts: [Int],
    after: @escaping () -> Void
  ) -> Pending {
    begin { ReduceTransfer(from: from, to: to, TransferCounts(counts), after: after) }
  }

  private func begin(_ make: () -> Transfer) -> Pending {
    guard let thread else { return Pending(transfer: nil, thread: nil) }
    let transfer = make()
    thread.begin(transfer)
    return Pending(transfer: transfer, thread: thread)
  }

  /// Whether this process waits for other ranks just now: whatever takes so long is theirs.
  public var isWaiting: Bool { thread?.isWaitedFor ?? false }

  // MARK: The end

  /// Ends MPI; all ranks do.
  public func end() { thread?.end() }

  /// Ends all ranks with an exit code. Does not return.
  public func abort(_ code: Int32) -> Never {
    guard let thread else { exit(code) }
    thread.abort(code)
  }
}
