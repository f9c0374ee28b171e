import ArgumentParser
import Commands
import Foundation
import Ranks
import Training

/// A run of one process, or of several ranks that `mpirun` or `srun` started: what comes before training and after it.
enum RankedRun {
  /// Does what a run is, on all ranks. Whatever it ends by, all ranks end together, with one exit code.
  static func run(_ options: RunOptions, _ work: (RankGroup) throws -> Void) throws {
    let group = try RankGroup.join(silenceLimit: options.silenceLimit?.seconds ?? 7) { words in
      standardError("\nvfm-train: \(words), so the job ends. \(remedy)\n", fromAnyRank: true)
      return ExitStatus.internalError.rawValue
    }
    let places = group.gather(RankPlace.here(rank: group.rank).text).enumerated().map(RankPlace.init)
    if !group.isFirst { leaveWordsToFirstRank() }
    group.name(places.map(\.name))
    var (status, failure): (ExitStatus, (any Error)?) = (.done, nil)
    do {
      try setThreads(options, places, group)
      try work(group)
    } catch let exit as ExitCode {
      status = ExitStatus(rawValue: exit.rawValue) ?? .internalError
    } catch {
      guard group.count == 1 || error is RankFailure else { end(error, places[group.rank], group) }
      (status, failure) = (Failure(error).status, error)
    }
    let code = commonStatus(status, failure as? RankFailure, group)
    // Said before the end: a launcher ends all ranks when the first of them exits.
    if let failure, group.count > 1 { standardError("vfm-train: \(words(of: failure, places))\n") }
    group.end()
    if let failure, group.count == 1 { throw failure }
    if code != .done { throw ExitCode(code.rawValue) }
  }

  private static func words(of failure: any Error, _ places: [RankPlace]) -> String {
    guard let other = failure as? RankFailure, other.own == nil else { return "\(Failure(failure))" }
    return "\(places[other.rank].name): \(other.words)"
  }

  private static let remedy = "The same command goes on from the newest checkpoint, with any number of ranks."

  /// The code that all ranks exit with: that of the first one on which something failed, or else the first rank's.
  private static func commonStatus(
    _ own: ExitStatus, _ failure: RankFailure?, _ group: RankGroup
  ) -> ExitStatus {
    guard group.count > 1 else { return own }
    let all = group.gather("\(own.rawValue) \(failure?.isOfThisRankAlone == true ? 1 : 0)").map {
      $0.split(separator: " ")
    }
    let code = all.first { $0[1] == "1" }?[0] ?? all[0][0]
    return Int32(code).flatMap(ExitStatus.init) ?? .internalError
  }

  /// Ends the job for a failure that the other ranks do not know of.
  private static func end(_ error: any Error, _ place: RankPlace, _ group: RankGroup) -> Never {
    let failure = Failure(error)
    standardError("\nvfm-train: \(place.name): \(failure)\n", fromAnyRank: true)
    group.abort(failure.status.rawValue)
  }

  /// Sets the number of threads: by default each rank has its part of the cores that it may use.
  private static func setThreads(_ options: RunOptions, _ places: [RankPlace], _ group: RankGroup) throws {
    try group.together { try Inputs.setThreads(options.threads) }
    let online = ProcessInfo.processInfo.processorCount
    guard group.count > 1 else {
      // Alone, whoever starts the program decides which cores it may use.
      if group.library != nil { tell(places.idle(online: online)) }
      return
    }
    if options.threads == nil { try Inputs.setThreads(RankPlace.threads(of: group.rank, among: places)) }
    let threads = group.gather(one: Double(Inputs.threads)).map { Int($0) }
    standardError(
      "\(group.count) ranks on \(places.hosts.count == 1 ? places[0].host : "\(places.hosts.count) machines") "
        + "(\(group.library ?? "MPI")), threads of each: "
        + Set(threads).sorted().map { "\($0)" }.joined(separator: " or ") + "\n")
    tell(places.oversubscribed(threads: threads) + places.idle(online: online))
  }

  private static func tell(_ notes: [String]) {
    for note in notes { standardError("note: \(note)\n") }
  }
}
