import ClipIndexing
import Foundation
import Hashing
import Testing

/// Clips that are no longer what they were when they were indexed, or when a run began.
@Suite(.serialized) struct ChangedClipsTests {
  /// A manifest of its own in the bench, as CSV rows.
  private func rows(_ bench: Workbench) throws -> [[String]] {
    try FileManager.default.contentsOfDirectory(atPath: bench.path + "/set/clips").sorted().enumerated()
      .map { ["set/clips/\($1)", "clip \($0)", "", ""] }
  }

  private func write(_ rows: [[String]], _ bench: Workbench) throws {
    let lines = [["path", "caption", "start", "end"]] + rows
    try bench.write(lines.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n", to: "list.csv")
  }

  private func train(_ bench: Workbench, _ more: String...) throws -> CommandResult {
    try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--set",
        "data.train=\(bench.path)/list.csv",
      ] + more)
  }

  private func index(
    _ rows: [[String]], _ bench: Workbench, verdict: (Int) -> IndexLine.Verdict = { _ in .good }
  )
    throws
  {
    let lines = try rows.enumerated().map { place, row in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: bench.path + "/" + row[0]))
      let verdict = verdict(place)
      var line: [String: Any] = [
        "path": row[0], "bytes": bytes.count, "sha256": bytes.withUnsafeBytes { SHA256.hex(of: $0) },
        "verdict": verdict.rawValue,
      ]
      if verdict == .unreadable { line["reason"] = "no frame can be decoded" }
      return String(decoding: try JSONSerialization.data(withJSONObject: line), as: UTF8.self)
    }
    try bench.write(lines.joined(separator: "\n") + "\n", to: "index.jsonl")
  }

  /// Flips a bit in the middle of a file, which keeps its size and time.
  private func flip(_ path: String) throws {
    var status = stat()
    stat(path, &status)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: URL(fileURLWithPath: path))
    utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0)
  }

  @Test func anIndexLeavesOutAndNotices() throws {
    let bench = try Workbench()
    let rows = try rows(bench)
    try write(rows, bench)
    try index(rows, bench) { $0 == 2 ? .unreadable : $0 == 5 ? .damaged : .good }
    for place in [7, 11, 13] { try flip(bench.path + "/" + rows[place][0]) }
    func run(_ verify: String) throws -> (CommandResult, [[String: Any]]) {
      try? FileManager.default.removeItem(atPath: bench.output)
      let result = try train(
        bench, "--set", "data.index=\(bench.path)/index.jsonl", "--set", "data.verify=\(verify)", "--set",
        "data.badClipTolerance=0.5", "--set", "training.batchSize=10")
      let list = (try? String(contentsOfFile: bench.output + "/quarantine.jsonl", encoding: .utf8)) ?? ""
      return (
        result,
        try list.split(separator: "\n").map {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as! [String: Any]
        }
      )
    }
    let (hashed, listed) = try run("hash")
    #expect(hashed.code == 0, "\(hashed.errors)")
    #expect(
      hashed.errors.contains("1 clip is left out: by \(bench.path)/index.jsonl no sample can be made of it"))
    #expect(listed.count == 4 && listed.allSatisfy { $0["stage"] as? String == "index" }, "\(listed)")
    #expect(listed[0]["reason"] as? String == "no frame can be decoded")
    let reasons = listed.dropFirst().compactMap { $0["reason"] as? String }
    #expect(reasons.allSatisfy { $0.contains("has changed since it was indexed: its SHA-256 was ") })
    let (sized, others) = try run("size")
    #expect(sized.code == 0 && others.filter { $0["stage"] as? String == "index" }.count == 1, "\(others)")

    try Data([0]).write(to: URL(fileURLWithPath: bench.path + "/" + rows[3][0]))
    let (_, shorter) = try run("size")
    #expect(
      shorter.contains { ($0["reason"] as? String)?.contains(" bytes and has 1; put the clip back") == true })
  }

  @Test func anIndexThatLacksClipsIsRefused() throws {
    let bench = try Workbench()
    let rows = try rows(bench)
    try write(rows, bench)
    try index(Array(rows.dropLast(2)), bench)
    let result = try train(bench, "--set", "data.index=\(bench.path)/index.jsonl")
    #expect(result.code == 65 && result.errors.contains("2 clips of the manifest are not in the index"))
    #expect(
      result.errors.contains("\n  \(rows.last![0])") && result.errors.contains("Run vfm-data index again"))
    #expect(try train(bench, "--set", "data.index=/nowhere/index.jsonl").code == 66)
  }

  @Test func aSetThatChangedIsRefusedAndToldWhatChanged() throws {
    let bench = try Workbench()
    let rows = try rows(bench)
    try write(rows, bench)
    #expect(try train(bench, "--stop-after", "2").code == 75)
    let list = try String(contentsOfFile: bench.output + "/clips.jsonl", encoding: .utf8)
    #expect(list.split(separator: "\n").count == 20)
    #expect(list.hasPrefix("{\"path\":\"\(rows[0][0])\",\"caption\":\"clip 0\",\"bytes\":"))

    var changed = rows
    changed[0][1] = "something else"
    changed[3][2] = "0.1"
    changed[5] = ["set/clips/renamed.mp4", "clip 5", "", ""]
    changed.remove(at: 9)
    changed.append(["set/clips/new.mp4", "a new clip", "", ""])
    let clips = bench.path + "/"
    try FileManager.default.copyItem(atPath: clips + rows[5][0], toPath: clips + "set/clips/renamed.mp4")
    try FileManager.default.copyItem(atPath: clips + rows[6][0], toPath: clips + "set/clips/new.mp4")
    let grown = try FileHandle(forWritingTo: URL(fileURLWithPath: clips + rows[12][0]))
    try grown.seekToEnd()
    try grown.write(contentsOf: Data([0]))
    try grown.close()
    try write(changed, bench)
    let result = try train(bench)
    #expect(result.code == 65)
    for words in [
      "6 changes:", "\(rows[0][0]): its caption was \"clip 0\" and is \"something else\"",
      "\(rows[3][0]): its piece was the start to the end and is 0.1 to the end",
      "\(rows[5][0]): it is now called set/clips/renamed.mp4", "\(rows[9][0]): it is gone",
      "set/clips/new.mp4: it is new", "\(rows[12][0]): it had ", "give another --output folder",
    ] {
      #expect(result.errors.contains(words), "\(words) is not in \(result.errors)")
    }

    try grown12Back(clips + rows[12][0])
    try write(rows.reversed(), bench)
    let reversed = try train(bench)
    #expect(reversed.code == 65 && reversed.errors.contains("another order: clip 1 was \(rows[0][0])"))
    try write(rows, bench)
    #expect(try train(bench).code == 0)
  }

  private func grown12Back(_ path: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.dropLast().write(to: URL(fileURLWithPath: path))
  }

  @Test func changedBytesAreFoundByTheIndexes() throws {
    let bench = try Workbench()
    let rows = try rows(bench)
    try write(rows, bench)
    try index(rows, bench)
    let withIndex = "data.index=\(bench.path)/index.jsonl"
    #expect(try train(bench, "--set", withIndex, "--stop-after", "1").code == 75)
    // An index that comes or goes is no change.
    #expect(try train(bench, "--stop-after", "2").code == 75)
    try flip(bench.path + "/" + rows[4][0])
    try index(rows, bench)
    let result = try train(bench, "--set", withIndex)
    #expect(result.code == 65 && result.errors.contains("1 change:"), "\(result.errors)")
    #expect(result.errors.contains("\(rows[4][0]): its bytes differ (SHA-256 was "))
  }

  @Test func aLostListFallsBackToTheCheckpoint() throws {
    let bench = try Workbench()
    let rows = try rows(bench)
    try write(rows, bench)
    let list = bench.output + "/clips.jsonl"
    #expect(try train(bench, "--stop-after", "1").code == 75)
    try FileManager.default.removeItem(atPath: list)
    // The list is needed only to say what has changed, and is noted anew for that.
    #expect(try train(bench, "--stop-after", "2").code == 75)
    #expect(try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n").count == 20)
    try "another list\n".write(toFile: list, atomically: true, encoding: .utf8)
    var changed = rows
    changed[0][1] = "something else"
    try write(changed, bench)
    let result = try train(bench)
    #expect(result.code == 65 && result.errors.contains("is not the one that the checkpoint was saved with"))
    try write(rows, bench)
    #expect(try train(bench).code == 0)
  }
}
