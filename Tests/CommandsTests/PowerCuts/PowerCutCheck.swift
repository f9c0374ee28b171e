import Checkpoints
import ClipMutations
import Foundation

/// Looks at what power cuts leave of a run's checkpoints: each folder of them must give, without an error, the newest that
/// was saved before the cut, or a newer one, to the bit.
final class PowerCutCheck {
  private let run: RecordedRun
  private let record: DiskRecord
  private let history: DiskHistory
  let promises: [RecordedRun.Promise]
  /// The bytes of each checkpoint that ever had its name, by its path below the root.
  private let saved: [String: [[UInt8]]]
  private let place = NSTemporaryDirectory() + "vfm-cut-" + UUID().uuidString

  /// What the loader says to a folder.
  private enum Answer {
    case none
    case newest(path: String, isAsSaved: Bool)
    case failure(String)
  }
  /// By the files of the folder.
  private var answers: [[String: [UInt8]]: Answer] = [:]

  private(set) var states = 0
  /// States that lack a checkpoint that was saved, or have another of that name.
  private(set) var lost: [String] = []
  /// States whose checkpoints the loader could not read.
  private(set) var exceptions: [String] = []
  /// States that a run went on from, and those in which it did not or came to another end.
  private(set) var wentOn = 0
  private(set) var didNotGoOn: [String] = []

  /// - Parameter change: makes another record of the run's, to see that the check finds what is wrong with it.
  init(_ run: RecordedRun, changing change: (inout DiskRecord) -> Void = { _ in }) throws {
    self.run = run
    var record = run.record
    change(&record)
    self.record = record
    history = try DiskHistory(record, below: run.root)
    promises = run.promises
    var saved: [String: [[UInt8]]] = [:]
    for (index, call) in record.calls.enumerated() {
      guard case .rename(_, let path) = call, path.hasSuffix(".h5") else { continue }
      let below = String(path.dropFirst(run.root.count + 1))
      let state = DiskState(history, after: .losingNothing(after: index + 1))
      saved[below, default: []].append(state.files[below] ?? [])
    }
    self.saved = saved
  }

  deinit { try? FileManager.default.removeItem(atPath: place) }

  /// How many checkpoints were saved.
  var saves: Int { saved.values.reduce(0) { $0 + $1.count } }

  /// How many faults were found.
  var found: Int { lost.count + exceptions.count + didNotGoOn.count }

  /// The power goes after each call, in each of the extreme ways.
  /// - Parameter isOne: whether one fault is enough.
  func cutEverywhere(untilOneIsFound isOne: Bool = false) throws {
    for calls in 0...record.calls.count where !isOne || found == 0 {
      // What is said changes nothing on the disk, but promises more.
      if calls < record.calls.count, case .say = record.calls[calls] { continue }
      try look(.losingNothing(after: calls), "after \(calls) calls, losing nothing")
      try look(.losingAllThatMay(after: calls), "after \(calls) calls, losing all that may go")
      try look(.keepingTheLast(after: calls), "after \(calls) calls, keeping the last of them alone")
    }
  }

  /// The power goes at moments by chance, and what was not made to last is there by chance.
  /// - Parameter every: in one of so many states the run goes on to its end.
  func cutByChance(_ count: Int, seed: UInt64, goingOnInOneOf every: Int) throws {
    for number in 0..<count {
      let cut = PowerCut.byChance(among: record.calls.count, seed: seed, number: number)
      try look(cut, "state \(number), after \(cut.calls) calls", goesOn: number % every == every - 1)
    }
  }

  private func look(_ cut: PowerCut, _ name: String, goesOn: Bool = false) throws {
    states += 1
    let state = DiskState(history, after: cut)
    for folder in ["checkpoints", "best"] {
      let below = "\(run.run)/\(folder)/"
      let promised = promises.filter { $0.calls < cut.calls && $0.path.hasPrefix(below) }.map(\.path).max()
      switch try answer(to: state, below) {
      case .none:
        if let promised { lost.append("\(name): there is no \(promised)") }
      case .newest(let path, let isAsSaved):
        // The steps in the names have leading zeros.
        if let promised, path < promised {
          lost.append("\(name): \(path) is older than \(promised)")
        } else if !isAsSaved {
          lost.append("\(name): \(path) is not as it was saved")
        }
      case .failure(let reason): exceptions.append("\(name): \(reason)")
      }
    }
    guard goesOn else { return }
    wentOn += 1
    try state.rebuild(at: place)
    defer { try? FileManager.default.removeItem(atPath: place) }
    let result = try run.goOn(in: place)
    if result.code != 0 || result.json["hash"] as? String != run.hash {
      didNotGoOn.append("\(name): exit code \(result.code), \(result.errors)")
    }
  }

  /// What the loader says to a folder of checkpoints. Many states have the same files there: it is asked once.
  private func answer(to state: DiskState, _ below: String) throws -> Answer {
    let files = state.files.filter { $0.key.hasPrefix(below) }
    if let known = answers[files] { return known }
    try state.rebuild(at: place)
    defer { try? FileManager.default.removeItem(atPath: place) }
    let answer: Answer
    do {
      if let found = try CheckpointFolder(place + "/" + below.dropLast()).newest() {
        let path = String(found.path.dropFirst(place.count + 1))
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: found.path)))
        answer = .newest(path: path, isAsSaved: saved[path]?.contains(bytes) == true)
      } else {
        answer = .none
      }
    } catch {
      answer = .failure("\(error)")
    }
    answers[files] = answer
    return answer
  }

  /// What was found, in figures.
  var table: String {
    """
    | operations recorded | checkpoints saved | states | different folders loaded | lost | exceptions | went on | of them to another end |
    |---|---|---|---|---|---|---|---|
    | \(record.operations) | \(saves) | \(states) | \(answers.count) | \(lost.count) | \(exceptions.count) | \(wentOn) | \(didNotGoOn.count) |
    """
  }
}
