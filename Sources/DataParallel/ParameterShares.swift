import Layers

/// Which part of the trained parameters each rank updates (ZeRO-1: Rajbhandari and others, "ZeRO: memory optimizations toward
/// training trillion parameter models", 2020).
///
/// The flat buffers are divided into buckets of whole parameters, in which gradients are sent while backward goes on. Each
/// bucket is divided among all ranks, so that none of them is sent all of a bucket. Nothing depends on how it is divided but who
/// does what.
struct ParameterShares: Sendable {
  /// Floats from which on a bucket is full.
  private static let bucketSize = 1 << 20

  /// A stretch of the flat buffers that is sent as one.
  struct Bucket: Sendable {
    /// Where each rank's share begins, and the end.
    let bounds: [Int]
    var range: Range<Int> { bounds[0]..<bounds[bounds.count - 1] }
    /// A rank's share.
    func share(_ rank: Int) -> Range<Int> { bounds[rank]..<bounds[rank + 1] }
    /// Floats of each rank's share.
    var counts: [Int] { zip(bounds, bounds.dropFirst()).map { $1 - $0 } }
  }

  let buckets: [Bucket]
  /// The number of ranks.
  private let ranks: Int
  private let entries: [ParameterStore.Entry]

  /// Divides the trained parameters.
  /// - Parameter isDivisible: whether a parameter may be updated by several ranks, each a part of it.
  init(
    _ entries: [ParameterStore.Entry], ranks: Int, isDivisible: (ParameterStore.Entry) -> Bool
  ) {
    (self.entries, self.ranks) = (entries, ranks)
    var buckets: [Bucket] = []
    var own: ArraySlice<ParameterStore.Entry> = []
    var first = 0
    for (index, entry) in entries.enumerated() {
      own = entries[first...index]
      let end = index + 1 < entries.count ? entries[index + 1].offset : entry.offset + entry.count
      if end - own[first].offset >= Self.bucketSize || index + 1 == entries.count {
        let cuts = own.flatMap { entry in
          isDivisible(entry) ? ParameterPiece(entry).stretches.map(\.lowerBound) : [entry.offset]
        }
        buckets.append(Bucket(bounds: Self.bounds(cuts + [end], ranks: ranks)))
        first = index + 1
      }
    }
    self.buckets = buckets
  }

  /// Divides a stretch as evenly as the places where it may be cut allow.
  private static func bounds(_ cuts: [Int], ranks: Int) -> [Int] {
    let (start, end) = (cuts[0], cuts[cuts.count - 1])
    var place = 0
    return (0...ranks).map { rank in
      let wanted = start + rank * (end - start) / ranks
      while place + 1 < cuts.count, abs(cuts[place + 1] - wanted) <= abs(cuts[place] - wanted) { place += 1 }
      return rank == 0 ? start : rank == ranks ? end : cuts[place]
    }
  }

  /// Where each parameter begins in the flat buffers, and the bucket that it lies in.
  var bucketsOfParameters: [(start: Int, bucket: Int)] {
    var bucket = 0
    return entries.map { entry in
      while entry.offset >= buckets[bucket].range.upperBound { bucket += 1 }
      return (entry.offset, bucket)
    }
  }

  /// What a rank updates.
  func pieces(of rank: Int) -> [ParameterPiece] {
    var pieces: [ParameterPiece] = []
    var next = 0
    for bucket in buckets {
      let share = bucket.share(rank)
      while next < entries.count, entries[next].offset + entries[next].count <= share.lowerBound { next += 1 }
      var index = next
      while index < entries.count, entries[index].offset < share.upperBound {
        let entry = entries[index]
        let own = share.clamped(to: entry.offset..<entry.offset + entry.count)
        if !own.isEmpty {
          pieces.append(
            ParameterPiece(entry, own.lowerBound - entry.offset..<own.upperBound - entry.offset))
        }
        index += 1
      }
    }
    return pieces
  }

  /// For each stretch of the parameters, in order, the rank that it belongs to.
  var owners: [Int] {
    var owners: [(start: Int, rank: Int)] = []
    for rank in 0..<ranks {
      for piece in pieces(of: rank) { owners += piece.stretches.map { ($0.lowerBound, rank) } }
    }
    return owners.sorted { $0.start < $1.start }.map(\.rank)
  }
}
