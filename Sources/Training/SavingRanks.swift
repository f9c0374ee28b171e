import Checkpoints

import Ranks

/// Ranks that save one checkpoint together.
struct SavingRanks: SavingTogether {
  private let group: RankGroup

  init(_ group: RankGroup) { self.group = group }

  var rank: Int { group.rank }
  var count: Int { group.count }

  func gather(_ text: String) -> [String] { group.gather(text) }
}
