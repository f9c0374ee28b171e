import CProcessor
import Layers
import Ranks
import Tensors

/// Sends each bucket of gradients once it is complete, and adds up this rank's share of it when those of the others have come.
final class BucketSender {
  /// Additions go over so many floats at a time, which stay in the first cache.
  private static let piece = 2048

  private let gradients: Tensor
  private let group: RankGroup
  private let buckets: [ParameterShares.Bucket]
  private let kind: ReductionKind
  private let precision: Precision
  /// How many nodes each rank sends.
  private let nodeCounts: [Int]
  /// How they are added up, all ranks' nodes in order.
  private let operations: [UnitTree.Operation]
  /// The place of each node among what has come, and the most terms of a sum at once.
  private let places: [Int], depth: Int
  /// Where what others send comes to lie, for two buckets in turn, as that many transfers are under way.
  private let received: [Tensor]
  /// What is sent, if it is rounded.
  private let rounded: Tensor?

  /// Where each parameter begins, and its bucket.
  private let parameters: [(start: Int, bucket: Int)]
  /// How many parameters of each bucket are not complete.
  private var missing: [Int] = []
  private var turn = 0
  private var pending: [RankGroup.Pending] = []

  init(
    _ gradients: Tensor, _ group: RankGroup, _ shares: ParameterShares, nodes: [[Range<Int>]],
    kind: ReductionKind, precision: Precision
  ) {
    (self.gradients, self.group, self.kind, self.precision) = (gradients, group, kind, precision)
    buckets = shares.buckets
    parameters = shares.bucketsOfParameters
    nodeCounts = nodes.map(\.count)
    let all = nodes.flatMap { $0 }
    operations = UnitTree.operations(0..<all.last!.upperBound, from: all)
    places = Self.places(nodes.map(\.count))
    depth = UnitTree.depth(operations)
    let most = shares.buckets.map { $0.share(group.rank).count }.max() ?? 0
    received = (0..<2).map { _ in Tensor([all.count, max(1, most)], precision) }
    rounded = precision == .float32 ? nil : Tensor([gradients.count], precision)
  }

  /// A step begins: nothing is complete.
  func begin() {
    missing = Array(repeating: 0, count: buckets.count)
    for parameter in parameters { missing[parameter.bucket] += 1 }
    (turn, pending) = (0, [])
  }

  /// Takes in that a stretch is complete, and sends the buckets that are now.
  /// - Parameter terms: makes the sums of a stretch, one for each node of this rank.
  func complete(_ range: Range<Int>, _ terms: (Range<Int>) -> [Tensor]) {
    for parameter in parameters where range.contains(parameter.start) {
      missing[parameter.bucket] -= 1
      if missing[parameter.bucket] == 0 { send(parameter.bucket, terms) }
    }
  }

  /// Sends all buckets that were not yet.
  func completeAll(_ terms: (Range<Int>) -> [Tensor]) {
    for index in buckets.indices.reversed() where missing[index] > 0 { send(index, terms) }
  }

  /// Waits until all shares are there.
  func wait() {
    for transfer in pending { transfer.wait() }
    pending = []
  }

  private func send(_ index: Int, _ terms: (Range<Int>) -> [Tensor]) {
    missing[index] = 0
    let bucket = buckets[index]
    let terms = terms(bucket.range)
    guard !Plan.isRunning else { return }
    let area = received[turn % received.count]
    turn += 1
    if kind == .fast && precision == .float32 {
      return pending.append(reduce(bucket, terms[0], into: area))
    }
    let own = bucket.share(group.rank).count
    var place = 0
    for round in 0..<nodeCounts.max()! {
      let senders = nodeCounts.map { $0 > round }
      let sent = (0..<senders.count).map { rank in
        let share = bucket.share(rank)
        let start = share.lowerBound - bucket.bounds[0]
        return start..<start + (senders[group.rank] ? share.count : 0)
      }
      let source = senders[group.rank] ? source(terms[round], bucket) : UnsafeRawPointer(area.memory)
      let isLast = round + 1 == nodeCounts.max()!
      pending.append(
        group.exchange(
          from: source, sent: sent, to: area.memory + place * own * precision.bytes,
          taken: senders.map { $0 ? own : 0 },
          elementSize: precision.bytes
        ) { [self] in if isLast { add(bucket, area) } })
      place += senders.count { $0 }
    }
  }

  /// Where what is sent of a bucket lies.
  private func source(_ term: Tensor, _ bucket: ParameterShares.Bucket) -> UnsafeRawPointer {
    guard let rounded else { return UnsafeRawPointer(term.pointer) }
    let place = rounded.view(at: bucket.range.lowerBound, [bucket.range.count])
    place.copy(from: term)
    return UnsafeRawPointer(place.halves)
  }

  private func reduce(
    _ bucket: ParameterShares.Bucket, _ term: Tensor, into area: Tensor
  ) -> RankGroup.Pending {
    let share = bucket.share(group.rank)
    return group.reduce(from: term.pointer, to: area.pointer, counts: bucket.counts) { [gradients] in
      (gradients.pointer + share.lowerBound).update(from: area.pointer, count: share.count)
    }
  }

  /// Adds up what all ranks sent of this rank's share, along the tree. On the communication thread.
  private func add(_ bucket: ParameterShares.Bucket, _ area: Tensor) {
    vfm_flush_denormals()
    let share = bucket.share(group.rank)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: depth * Self.piece) { memory in
      let stack = memory.baseAddress!
      for first in stride(from: 0, to: share.count, by: Self.piece) {
        let count = min(Self.piece, share.count - first)
        var top = -1
        for operation in operations {
          switch operation {
          case .take(let node):
            top += 1
            take(area, at: places[node] * share.count + first, count, into: stack + top * Self.piece)
          case .add:
            add(count, stack + top * Self.piece, to: stack + (top - 1) * Self.piece)
            top -= 1
          }
        }
        (gradients.pointer + share.lowerBound + first).update(from: stack, count: count)
      }
    }
  }

  /// The place of each node among what has come: first the first nodes of all ranks, then the second ones.
  private static func places(_ nodeCounts: [Int]) -> [Int] {
    var places = Array(repeating: 0, count: nodeCounts.reduce(0, +))
    var place = 0
    for round in 0..<nodeCounts.max()! {
      var first = 0
      for count in nodeCounts {
        if count > round {
          places[first + round] = place
          place += 1
        }
        first += count
      }
    }
    return places
  }

  private func take(_ area: Tensor, at place: Int, _ count: Int, into target: UnsafeMutablePointer<Float>) {
    switch precision {
    case .float32: target.update(from: area.pointer + place, count: count)
    case .bfloat16: widen(area.halves + place, count, into: target)
    }
  }

  private func add(_ count: Int, _ x: UnsafePointer<Float>, to total: UnsafeMutablePointer<Float>) {
    sweep(count) { i, c in store(load(total, i, c) + load(x, i, c), total, i, c) }
  }
}

extension Tensor {
  /// The first element, whatever its precision.
  fileprivate var memory: UnsafeMutableRawPointer {
    precision == .float32 ? UnsafeMutableRawPointer(pointer) : UnsafeMutableRawPointer(halves)
  }
}
