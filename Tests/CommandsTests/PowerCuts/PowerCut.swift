import ClipMutations

/// A moment at which the power goes, and what became of the changes that nothing had made last by then.
struct PowerCut {
  /// What of a change is on the disk.
  enum Fate {
    case whole, absent
    /// Of a write: its size, but zeros for what is new.
    case zeros
    /// Of a write: its first blocks, and no more size than these need.
    case first(blocks: Int)
    /// Of a write: its size and some of its blocks, which the numbers choose.
    case some(SeededGenerator)
  }

  /// How many calls were made before.
  let calls: Int
  /// Asked once for each change that need not last, in the order in which they were made.
  let fate: (DiskHistory.Change) -> Fate

  /// All that was done is on the disk.
  static func losingNothing(after calls: Int) -> PowerCut { PowerCut(calls: calls) { _ in .whole } }

  /// Only what was synced is on the disk.
  static func losingAllThatMay(after calls: Int) -> PowerCut { PowerCut(calls: calls) { _ in .absent } }

  /// Beside what was synced only the last change is on the disk, which overtook all others.
  static func keepingTheLast(after calls: Int) -> PowerCut {
    PowerCut(calls: calls) { $0.call == calls - 1 ? .whole : .absent }
  }

  /// A cut by chance, the same for the same number and seed.
  static func byChance(among calls: Int, seed: UInt64, number: Int) -> PowerCut {
    var chance = SeededGenerator(seed: seed &* 0x1_0000_0001 &+ UInt64(number))
    // Some disks keep nearly all, some nearly nothing; names and data each have their luck.
    let luck = [0.0, 0.1, 0.5, 0.9, 1.0]
    let (names, data) = (luck.randomElement(using: &chance)!, luck.randomElement(using: &chance)!)
    /// By folder: whether its names come in their order, and whether one was missing already.
    var ordered: [Int: (isOrdered: Bool, isOver: Bool)] = [:]
    return PowerCut(calls: Int.random(in: 0...calls, using: &chance)) { change in
      switch change.kind {
      case .names:
        var folder = ordered[change.node] ?? (Bool.random(using: &chance), false)
        let isThere = Double.random(in: 0..<1, using: &chance) < names && !folder.isOver
        if !isThere && folder.isOrdered { folder.isOver = true }
        ordered[change.node] = folder
        return isThere ? .whole : .absent
      case .size: return Double.random(in: 0..<1, using: &chance) < data ? .whole : .absent
      case .write(let offset, let bytes):
        if Double.random(in: 0..<1, using: &chance) < data { return .whole }
        switch Int.random(in: 0..<4, using: &chance) {
        case 0: return .absent
        case 1: return .zeros
        case 2:
          let blocks = (offset + bytes.count - 1) / DiskState.block - offset / DiskState.block
          return .first(blocks: Int.random(in: 0...blocks, using: &chance))
        default: return .some(SeededGenerator(seed: chance.next()))
        }
      }
    }
  }
}
