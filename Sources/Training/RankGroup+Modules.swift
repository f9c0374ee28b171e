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
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(self) else { preconditionFailure("facts of clips are JSON") }
    return String(decoding: data, as: UTF8.self)
  }

  init(text: String) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = (try? decoder.decode([FoundBadClip].self, from: Data(text.utf8))) ?? []
  }
}

extension CheckpointFolder {
  /// The checkpoint of a step that another process knows of: disks that machines share may show it late.
  /// - Throws: `CheckpointError`, also when it does not come within half a minute.
  public func awaited(step: Int) throws -> Found {
    for _ in 0..<300 {
      do {
        return try read(step: step)
      } catch is CheckpointError {
        usleep(100_000)
      }
    }
    return try read(step: step)
  }
}
