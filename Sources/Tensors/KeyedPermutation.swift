/// A shuffle of 0..<count that is a pure function of its key: any position is found at once and nothing is stored.
///
/// A four-round Feistel network over the smallest even number of bits that holds `count`; values that fall outside
/// are sent through again ("cycle walking"), so the map stays one to one.
public struct KeyedPermutation: Sendable {
  /// How many values are permuted.
  public let count: Int
  private let halfBits: UInt64
  private let roundKeys: SIMD4<UInt32>

  /// - Parameters:
  ///   - count: at least 1.
  ///   - seed: the run's seed; `round` tells one shuffle from the next (the epoch), `list` those of one list from those
  ///     of another.
  public init(count: Int, seed: UInt64, round: Int, list: Int = 0) {
    precondition(count > 0, "a permutation needs at least one value")
    self.count = count
    var bits: UInt64 = 2
    while 1 << bits < count { bits += 2 }
    halfBits = bits / 2
    var stream = RandomStream(seed: seed, purpose: .shuffling, step: round, sample: list)
    roundKeys = SIMD4(stream.next(), stream.next(), stream.next(), stream.next())
  }

  /// The value at a position of the shuffle.
  public subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "position outside the permutation")
    var value = UInt64(position)
    repeat { value = encrypted(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func encrypted(_ value: UInt64) -> UInt64 {
    let mask: UInt64 = (1 << halfBits) - 1
    var (left, right) = (value >> halfBits, value & mask)
    for round in 0..<4 {
      let mixed = philox(
        SIMD4(UInt32(truncatingIfNeeded: right), UInt32(round), 0, 0), SIMD2(roundKeys[round], 0))
      (left, right) = (right, left ^ (UInt64(mixed[0]) & mask))
    }
    return left << halfBits | right
  }
}
