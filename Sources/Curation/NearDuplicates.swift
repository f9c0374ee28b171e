import ClipIndexing

/// Finds shots that look like one seen before, without comparing it with all of them.
///
/// Multi-index hashing: a hash is cut into four chunks of 16 bits. Two hashes that differ in at most d bits differ in
/// at most d / 4 (rounded down) of them in some chunk, so only shots that come so near in a chunk are compared. Up to 3
/// bits that is four looks into a table, up to 7 bits 68, up to 11 bits 548, however many shots there are.
struct NearDuplicates {
  /// A shot that was seen before.
  struct Match: Hashable {
    /// What it was called when it was added.
    var shot: Int
    /// In how many bits the two differ.
    var distance: Int
  }

  /// The most bits that may differ for the search to be quick.
  static let mostBits = 11

  private let distance: Int
  private let flips: [UInt16]
  private var seen: [(hash: PerceptualHash, shot: Int, clip: Int)] = []
  private var tables: [[[Int32]]]

  /// - Parameter distance: in how many bits near duplicates may differ.
  init(distance: Int) {
    precondition((0...NearDuplicates.mostBits).contains(distance), "near duplicates differ in 0 to 11 bits")
    self.distance = distance
    flips = (0...UInt16.max).filter { $0.nonzeroBitCount <= distance / 4 }
    tables = Array(repeating: Array(repeating: [], count: 1 << 16), count: 4)
  }

  /// The shots of other clips that are near, the nearest first, and of those the first that was added.
  func matches(_ hash: PerceptualHash, clip: Int) -> [Match] {
    var found: Set<Match> = []
    for (table, chunk) in zip(tables, NearDuplicates.chunks(hash)) {
      for flip in flips {
        for place in table[Int(chunk ^ flip)] {
          let known = seen[Int(place)]
          let match = Match(shot: known.shot, distance: hash.distance(to: known.hash))
          if known.clip != clip, match.distance <= distance { found.insert(match) }
        }
      }
    }
    return found.sorted { ($0.distance, $0.shot) < ($1.distance, $1.shot) }
  }

  /// Remembers a shot, to be called by a number, of a clip, also by a number.
  mutating func add(_ hash: PerceptualHash, shot: Int, clip: Int) {
    for (number, chunk) in NearDuplicates.chunks(hash).enumerated() {
      tables[number][Int(chunk)].append(Int32(seen.count))
    }
    seen.append((hash, shot, clip))
  }

  /// Every fourth bit each, so that the even edges which many pictures share do not fill a chunk.
  private static func chunks(_ hash: PerceptualHash) -> [UInt16] {
    (0..<4).map { chunk in
      (0..<16).reduce(0) { $0 << 1 | UInt16(truncatingIfNeeded: hash.bits >> (4 * $1 + chunk) & 1) }
    }
  }
}
