import Foundation
import Testing

/// A power cut at any moment of a run costs no checkpoint that was saved.
///
/// A built program is run with all its calls recorded, and the disk is made anew as it may be after a cut; the rules are
/// those of `DiskHistory`. The normal run takes 200 states by chance beside those after each call; `make power-cuts` takes
/// `POWER_CUT_STATES` from `POWER_CUT_SEED` on and prints a table.
@Suite struct PowerCutTests {
  @Test func noCheckpointIsLost() throws {
    let environment = ProcessInfo.processInfo.environment
    let wanted = environment["POWER_CUT_STATES"].flatMap { Int($0) }
    let seed = environment["POWER_CUT_SEED"].flatMap { UInt64($0) } ?? 1
    let run = try RecordedRun()
    try nothingIsMissing(in: run)
    let check = try PowerCutCheck(run)
    try check.cutEverywhere()
    try check.cutByChance(wanted ?? 200, seed: seed, goingOnInOneOf: 50)
    if wanted != nil { print(check.table) }
    #expect(!check.promises.isEmpty)
    #expect(check.lost.isEmpty, "\(check.lost.count): \(check.lost.first ?? "")")
    #expect(check.exceptions.isEmpty, "\(check.exceptions.count): \(check.exceptions.first ?? "")")
    #expect(check.didNotGoOn.isEmpty, "\(check.didNotGoOn.count): \(check.didNotGoOn.first ?? "")")
  }

  /// Without a cut the record gives what the run has left, to the bit: no call is missing in it.
  private func nothingIsMissing(in run: RecordedRun) throws {
    let history = try DiskHistory(run.record, below: run.root)
    let state = DiskState(history, after: .losingNothing(after: run.record.calls.count))
    var left: [String: [UInt8]] = [:]
    var folders: Set<String> = []
    for case let path as String in try #require(FileManager.default.enumerator(atPath: run.root)) {
      if let bytes = FileManager.default.contents(atPath: run.root + "/" + path) {
        left[path] = [UInt8](bytes)
      } else {
        folders.insert(path)
      }
    }
    #expect(Set(state.folders) == folders)
    #expect(Set(state.files.keys) == Set(left.keys))
    for (path, bytes) in left { #expect(state.files[path] == bytes, "\(path)") }
    // Old checkpoints went, in both folders of them.
    for folder in ["checkpoints", "best"] {
      let removed = run.record.calls.count { call in
        if case .unlink(let path) = call {
          path.contains("/\(folder)/") && path.hasSuffix(".h5")
        } else {
          false
        }
      }
      #expect(removed > 0, "\(folder)")
    }
  }

  /// The same run by a program that leaves out a step of its saves, or mixes two up: what that costs is found.
  @Test func whatIsWrongIsFound() throws {
    let run = try RecordedRun()
    for fault in Fault.allCases {
      let check = try PowerCutCheck(run) { $0.commit(fault, checkpointsBelow: "\(run.root)/\(run.run)/") }
      try check.cutEverywhere(untilOneIsFound: true)
      #expect(check.found > 0, "\(fault)")
    }
  }

  /// What a program could do wrong.
  fileprivate enum Fault: CaseIterable {
    case filesAreNotSynced, foldersOfCheckpointsAreNotSynced, foldersAboveAreNotSynced
    case oldOnesGoBeforeTheNewNameLasts
  }
}

extension DiskRecord {
  fileprivate mutating func commit(_ fault: PowerCutTests.Fault, checkpointsBelow run: String) {
    func isLeftOut(_ call: Call) -> Bool {
      switch (fault, call) {
      case (.filesAreNotSynced, .sync): true
      case (.foldersOfCheckpointsAreNotSynced, .syncFolder(let path)): path.hasPrefix(run)
      case (.foldersAboveAreNotSynced, .syncFolder(let path)): !path.hasPrefix(run)
      default: false
      }
    }
    // Words take the places, so that the other calls keep their numbers.
    for index in calls.indices where isLeftOut(calls[index]) { calls[index] = .say("") }
    guard fault == .oldOnesGoBeforeTheNewNameLasts else { return }
    for index in calls.indices.dropFirst() {
      if case .unlink = calls[index], case .syncFolder = calls[index - 1] { calls.swapAt(index, index - 1) }
    }
  }
}
