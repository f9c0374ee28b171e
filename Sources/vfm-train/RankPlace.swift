import Foundation
import Tensors

/// Where a rank runs: its machine, and the cores that it may use there.
struct RankPlace: Equatable {
  let rank: Int
  let host: String
  let cores: [Int]

  /// What it is called in messages.
  var name: String { "rank \(rank) on \(host)" }

  /// This process's place.
  static func here(rank: Int) -> RankPlace {
    RankPlace(rank: rank, host: ProcessInfo.processInfo.hostName, cores: Parallel.usableCores)
  }

  init(rank: Int, host: String, cores: [Int]) { (self.rank, self.host, self.cores) = (rank, host, cores) }

  /// As ranks tell it each other.
  var text: String { "\(host)\n\(cores.map(String.init).joined(separator: " "))" }

  init(_ rank: Int, _ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    self.init(
      rank: rank, host: String(lines[0]), cores: lines.last!.split(separator: " ").compactMap { Int($0) })
  }

  /// How many threads a rank has by default: its cores, shared with the ranks that may use the very same ones.
  static func threads(of rank: Int, among places: [RankPlace]) -> Int {
    let own = places[rank]
    let sharing = places.count { $0.host == own.host && $0.cores == own.cores }
    return max(1, own.cores.count / sharing)
  }
}

extension [RankPlace] {
  /// All machines.
  var hosts: Set<String> { Set(map(\.host)) }

  /// Sentences on machines whose ranks compute with more threads than they have cores.
  func oversubscribed(threads: [Int]) -> [String] {
    hosts.sorted().compactMap { host in
      let own = filter { $0.host == host }
      let (wanted, cores) = (own.reduce(0) { $0 + threads[$1.rank] }, Set(own.flatMap(\.cores)).count)
      guard wanted > cores else { return nil }
      return
        "\(own.count) ranks on \(host) compute with \(wanted) threads on \(cores == 1 ? "1 core" : "\(cores) cores"), "
        + "so each waits for the others; start fewer ranks there"
        + (wanted > own.count ? ", or give fewer --threads" : "")
    }
  }

  /// A sentence when the ranks of the first one's machine leave cores idle, as they do where a launcher binds each to one.
  func idle(online: Int) -> [String] {
    let own = filter { $0.host == self[0].host }
    let cores = Set(own.flatMap(\.cores)).count
    return cores < online
      ? [
        "the ranks on \(self[0].host) may use \(cores) of its \(online) cores; mpirun --bind-to none, or --map-by and --bind-to, "
          + "give them more"
      ] : []
  }
}
