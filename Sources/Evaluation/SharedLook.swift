import Clips

/// How the processes of a run share out a look at held-out clips: each measures every so many batches, all tell what they
/// measured, and each makes the same figures of it, to the bit those of one process.
public struct SharedLook {
  private let rank: Int, count: Int
  private let gather: (_ own: [Double]) -> [[Double]]

  /// - Parameters:
  ///   - rank: which process this is, of how many.
  ///   - gather: gives what each process gives, in their order. Each calls it equally often.
  public init(rank: Int, count: Int, gather: @escaping (_ own: [Double]) -> [[Double]]) {
    (self.rank, self.count, self.gather) = (rank, count, gather)
  }

  /// The look of a program that runs alone.
  public static var alone: SharedLook { SharedLook(rank: 0, count: 1) { [$0] } }

  /// What is measured of each batch of clips, in their order.
  /// - Parameters:
  ///   - total: how many clips are looked at, the first ones.
  ///   - size: clips of a batch; the last one may have fewer.
  ///   - measure: of the clips of a range; nil when this process was asked to stop.
  /// - Returns: nil if any process was asked to stop.
  func perBatch(
    _ total: Int, _ size: Int, _ measure: (_ clips: Range<Int>) -> [Double]?
  ) -> [[Double]]? {
    let batches = stride(from: 0, to: total, by: size).map { $0..<min(total, $0 + size) }
    // Each record behind its length, so that a process can give several at once.
    var own: [Double] = [1]
    for (place, batch) in batches.enumerated() where place % count == rank {
      guard let record = measure(batch) else {
        own = [0]
        break
      }
      own.append(Double(record.count))
      own += record
    }
    let all = gather(own)
    guard all.allSatisfy({ $0[0] == 1 }) else { return nil }
    var next = Array(repeating: 1, count: count)
    return batches.indices.map { place in
      let (from, start) = (all[place % count], next[place % count] + 1)
      let end = start + Int(from[start - 1])
      next[place % count] = end
      return Array(from[start..<end])
    }
  }
}
