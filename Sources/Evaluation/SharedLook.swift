/// How the ranks of a run, processes that hold the same model, share one look at held-out clips.
///
/// Each rank computes some of the batches; then all ranks are given the numbers of every clip, and make the same figures of
/// them in the order of the clips. So figures have the same bits on any number of ranks.
public struct SharedLook {
  /// Which rank this process is, from 0.
  public let rank: Int
  /// How many ranks there are.
  public let count: Int
  /// Gives all ranks what each of them computed.
  private let gather: (_ own: [Double]?) -> [[Double]]?

  /// One rank's part in a look.
  /// - Parameters:
  ///   - rank: which rank this process is, from 0.
  ///   - count: how many ranks there are.
  ///   - gather: takes the numbers of this rank, or nil if it was asked to stop, and gives those of all ranks in their
  ///     order, or nil on every rank if one of them gave nil. Ranks may give different amounts of numbers. Every rank
  ///     calls it equally often.
  public init(rank: Int, of count: Int, gather: @escaping (_ own: [Double]?) -> [[Double]]?) {
    precondition(count > 0 && (0..<count).contains(rank), "rank \(rank) is none of \(count)")
    self.rank = rank
    self.count = count
    self.gather = gather
  }

  /// The look of a run that is one process.
  public static var alone: SharedLook { SharedLook(rank: 0, of: 1) { own in own.map { [$0] } } }

  /// A row of numbers for each clip, in the order of the clips. Every rank must ask for the same.
  ///
  /// A rank that is asked to stop computes no more, but still tells the others.
  /// - Parameters:
  ///   - clips: how many clips there are.
  ///   - batch: clips a pass; the last pass may have fewer.
  ///   - compute: gives the rows of a batch of clips, all of one width, or nil if it was asked to stop. It is called for
  ///     this rank's batches alone, in their order.
  /// - Returns: nil if any rank was asked to stop.
  public func rows(
    ofClips clips: Int, batch: Int, _ compute: (_ clips: Range<Int>) -> [[Double]]?
  ) -> [[Double]]? {
    guard let parts = gather(own(clips, batch, compute)) else { return nil }
    let numbers = Array(parts.joined())
    let width = numbers.count / max(1, clips)
    precondition(
      parts.count == count && numbers.count == clips * width, "every clip has as many numbers as any other")
    return (0..<clips).map { Array(numbers[$0 * width..<($0 + 1) * width]) }
  }

  /// The rows of this rank's clips, one behind the other: those of neighbouring batches, so that the ranks' numbers, in the
  /// order of the ranks, are in the order of the clips.
  private func own(
    _ clips: Int, _ batch: Int, _ compute: (_ clips: Range<Int>) -> [[Double]]?
  ) -> [Double]? {
    precondition(batch > 0, "a pass has at least one clip")
    let batches = (clips + batch - 1) / batch
    var numbers: [Double] = []
    for place in rank * batches / count..<(rank + 1) * batches / count {
      let range = place * batch..<min(clips, (place + 1) * batch)
      guard let rows = compute(range) else { return nil }
      precondition(rows.count == range.count, "every clip has a row")
      numbers += rows.joined()
    }
    return numbers
  }
}
