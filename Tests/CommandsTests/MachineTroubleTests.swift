import Foundation
import TestPrograms
import Testing

/// What the machine is to blame for is told in the system's words, tried again, and never noted against a clip.
struct MachineTroubleTests {
  /// Makes a system call fail: so many times, -1 for ever, for files whose path ends so.
  private func failing(_ call: String, _ code: Int32, _ times: Int, _ file: String) throws -> [String: String]
  {
    let library = TestProgram.path("libFaultyDisk.so")
    try #require(FileManager.default.fileExists(atPath: library), "\(library) is not built")
    return ["LD_PRELOAD": library, "VFM_FAULT": "\(call) \(code) \(times) \(file)"]
  }

  private func train(_ bench: Workbench, _ output: String, _ environment: [String: String] = [:]) throws
    -> CommandResult
  {
    try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--json", "--output", bench.path + "/" + output, "--set",
        "training.checkpointEvery=100",
      ], environment: environment)
  }

  @Test(arguments: [
    ("open", EMFILE, "clips/000002.mp4"), ("open", ESTALE, "set"), ("pread", EIO, "clips/000002.mp4"),
  ])
  func aPassingTroubleLeavesNoTrace(call: String, code: Int32, file: String) throws {
    let bench = try Workbench(steps: 6)
    let whole = try train(bench, "whole")
    let result = try train(bench, "run", failing(call, code, 2, file))
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.json["hash"] as? String == whole.json["hash"] as? String && whole.json["hash"] != nil)
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/run/quarantine.jsonl"))
  }

  @Test(arguments: [
    ("open", EMFILE, "Too many open files"), ("open", ENOMEM, "Cannot allocate memory"),
    ("open", ESTALE, "Stale file handle"), ("pread", EIO, "Input/output error"),
  ])
  func aLastingTroubleEndsTheRunSaved(call: String, code: Int32, words: String) throws {
    let bench = try Workbench(steps: 6)
    let whole = try train(bench, "whole")
    // The clip comes when some steps are done.
    let late = try lateClip(bench)
    let result = try train(bench, "run", failing(call, code, -1, late))
    #expect(result.code == 74, "\(result.errors)")
    #expect(result.errors.contains("cannot read \(bench.path)/set/\(late): \(words); "), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/run/quarantine.jsonl"))
    let saved = try FileManager.default.contentsOfDirectory(atPath: bench.path + "/run/checkpoints")
    #expect(saved.count == 1, "\(saved)")
    let again = try train(bench, "run")
    #expect(again.code == 0 && again.errors.contains("going on from step"), "\(again.errors)")
    #expect(again.json["hash"] as? String == whole.json["hash"] as? String && whole.json["hash"] != nil)
  }

  /// A clip that the run needs, but not for its first steps: the run without it goes on for a while.
  private func lateClip(_ bench: Workbench) throws -> String {
    let lines = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8).split(
      separator: "\n")
    for line in lines {
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let name = try #require(row?["path"] as? String)
      let probe = try train(bench, "probe", failing("open", EIO, -1, name))
      defer { try? FileManager.default.removeItem(atPath: bench.path + "/probe") }
      if probe.errors.contains("saved") { return name }
    }
    preconditionFailure("every clip is needed at once")
  }

  @Test func nothingIsWrittenIntoAnIndex() throws {
    let bench = try Workbench()
    let (list, index) = (bench.path + "/set/train.jsonl", bench.path + "/index.jsonl")
    let command = ["vfm-data", "index", list, "--output", index]
    for (call, code) in [("open", EMFILE), ("pread", EIO)] {
      let result = try vfm(command, environment: failing(call, code, -1, "clips/000002.mp4"))
      #expect(result.code == 74 && result.errors.contains("000002.mp4: "), "\(result.errors)")
      let text = try String(contentsOfFile: index, encoding: .utf8)
      #expect(!text.contains("unreadable") && !text.contains("000002"))
    }
    #expect(try vfm(command).code == 0)
    // Nor is a line that is there dropped.
    let whole = try String(contentsOfFile: index, encoding: .utf8)
    let again = try vfm(command, environment: failing("open", EMFILE, -1, "clips/000002.mp4"))
    #expect(again.code == 74, "\(again.errors)")
    #expect(try String(contentsOfFile: index, encoding: .utf8) == whole)
  }

  /// A list of clips that cannot be read for a moment is neither taken for lost nor written anew.
  @Test func aListThatCannotBeReadForAMoment() throws {
    let bench = try Workbench(steps: 6)
    #expect(try train(bench, "run").code == 0)
    let list = bench.path + "/run/clips.jsonl"
    let before = try String(contentsOfFile: list, encoding: .utf8)
    try bench.write(
      String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
        .replacing(#""caption":""#, with: #""caption":"not "#), to: "set/train.jsonl")
    let again = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/run", "--set", "training.steps=9"],
      environment: failing("open", EIO, 2, "clips.jsonl"))
    #expect(
      again.code == 65 && again.errors.contains("15 changes:") && again.errors.contains(": its caption was "),
      "\(again.errors)")
    #expect(try String(contentsOfFile: list, encoding: .utf8) == before)
  }

  @Test func checksAndPacksStop() throws {
    let bench = try Workbench()
    let trouble = try failing("open", EMFILE, -1, "clips/000002.mp4")
    let check = try vfm(["vfm-data", "check", bench.path + "/set/train.jsonl"], environment: trouble)
    #expect(
      check.code == 74 && check.errors.contains("Too many open files"), "\(check.errors)\(check.output)")
    let pack = try vfm(
      ["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"], environment: trouble)
    #expect(pack.code == 74 && pack.errors.contains("Too many open files"), "\(pack.errors)")
    let list = try vfm(
      ["vfm-data", "check", bench.path + "/set/train.jsonl"],
      environment: failing("open", EIO, -1, "set/train.jsonl"))
    #expect(list.code == 74 && list.errors.contains("Input/output error"), "\(list.errors)\(list.output)")
  }
}
