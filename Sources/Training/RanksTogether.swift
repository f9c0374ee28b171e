import Checkpoints
import Clips
import Evaluation
import Foundation
import Ranks

/// Ranks that save one checkpoint together.
struct SavingRanks: SavingTogether {
  private let group: RankGroup

  init(_ group: RankGroup) { self.group = group }

  var rank: Int { group.rank }
  var count: Int { group.count }

  func gather(_ text: String) -> [String] { group.gather(text) }
}

extension SharedLook {
  /// A look that the ranks of a group share. The first number that each tells is 1, or 0 where it was asked to stop.
  init(_ group: RankGroup) {
    self.init(rank: group.rank, of: group.count) { own in
      let all = group.gather(own.map { [1] + $0 } ?? [0])
      return all.allSatisfy { $0[0] == 1 } ? all.map { Array($0.dropFirst()) } : nil
    }
  }
}

extension [FoundBadClip] {
  /// As ranks tell them each other.
  var text: String {
    guard !isEmpty, let data = try? JSONEncoder().encode(self) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  init(text: String) {
    self = (try? JSONDecoder().decode([FoundBadClip].self, from: Data(text.utf8))) ?? []
  }
}
