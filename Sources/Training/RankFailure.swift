import Checkpoints
import Ranks

/// What went wrong with work that all ranks do at once, known to all of them: they can end together.
public struct RankFailure: Error, CustomStringConvertible {
  /// The failure of this very rank; nil where it is only another's.
  public let own: (any Error)?
  /// The first rank that failed, and its words.
  public let rank: Int, words: String

  /// Whether it is this rank's own, and not what a save tells it of another's.
  public var isOfThisRankAlone: Bool {
    guard let own else { return false }
    if case CheckpointError.failedElsewhere? = own as? CheckpointError { return false }
    return true
  }

  /// The words, and which rank they are of.
  public var description: String { "rank \(rank): \(words)" }
}

extension RankGroup {
  /// Does something that may fail on some ranks and not on others; if it fails on any, it throws on all.
  /// - Throws: `RankFailure`; of a program that runs alone what `work` throws.
  public func together<Result>(_ work: () throws -> Result) throws -> Result {
    guard count > 1 else { return try work() }
    let result = Swift.Result { try work() }
    var own: (any Error)?
    if case .failure(let error) = result { own = error }
    guard any(own != nil) else { return try result.get() }
    let words = gather(own.map { "-\($0)" } ?? "")
    let rank = words.firstIndex { !$0.isEmpty } ?? 0
    throw RankFailure(own: own, rank: rank, words: String(words[rank].dropFirst()))
  }
}

extension Error {
  /// This rank's own failure, where it is told as one that all ranks know of.
  var ofThisRank: any Error { (self as? RankFailure)?.own ?? self }
}
