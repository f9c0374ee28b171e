import Foundation
import Isolation
import TestPrograms
import Testing

@testable import Commands

/// What commands give with `--isolate` is what they give without.
struct IsolateTests {
  @Test func trainingGivesTheSameBits() throws {
    let bench = try Workbench(steps: 4)
    try Data("no clip".utf8).write(to: URL(fileURLWithPath: bench.path + "/set/clips/000002.mp4"))
    let tolerant = ["--set", "data.badClipTolerance=0.5", "--json"]
    func run(_ output: String, _ more: [String]) throws -> CommandResult {
      try vfm(
        ["vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/" + output] + tolerant + more)
    }
    let (here, there) = (try run("here", []), try run("there", ["--isolate"]))
    #expect(here.code == 0 && there.code == 0, "\(there.errors)")
    #expect(here.json["hash"] as? String == there.json["hash"] as? String && here.json["hash"] != nil)
    func quarantine(_ output: String) throws -> String {
      // All but the time of the day.
      try String(contentsOfFile: bench.path + "/\(output)/quarantine.jsonl", encoding: .utf8)
        .replacing(/"time":"[^"]*"/, with: "")
    }
    #expect(try quarantine("here") == quarantine("there"))
    // The same run goes on with or without.
    #expect(try run("here", ["--isolate", "--set", "training.steps=5"]).code == 0)
  }

  @Test func checkpointsAreReadAlike() throws {
    let bench = try Workbench(steps: 4)
    let checkpoint = try bench.trained()
    for arguments in [
      ["vfm-train", "inspect", checkpoint, "--hash"], ["vfm-train", "inspect", bench.output],
      [
        "vfm-eval", "--checkpoint", checkpoint, "--manifest", bench.path + "/set/validation.jsonl",
        "--samples", "1",
        "--steps", "1", "--json",
      ],
    ] {
      let (here, there) = (try vfm(arguments), try vfm(arguments + ["--isolate"]))
      #expect(here.code == 0 && there.code == 0, "\(there.errors)")
      #expect(here.output == there.output && !here.output.isEmpty)
    }
    for (name, more) in [("a.png", []), ("b.png", ["--isolate"])] {
      try #require(
        vfm(
          [
            "vfm-sample", "--checkpoint", checkpoint, "--prompt", "a red circle", "--steps", "1", "--output",
            bench.path + "/" + name,
          ] + more
        ).code == 0)
    }
    #expect(FileManager.default.contentsEqual(atPath: bench.path + "/a.png", andPath: bench.path + "/b.png"))
    let adapter = try vfm([
      "vfm-train", "finetune", "--base", checkpoint, "--data", bench.path + "/set/train.jsonl", "--output",
      bench.path + "/tuned", "--set", "training.steps=1", "--isolate",
    ])
    #expect(adapter.code == 0, "\(adapter.errors)")
    let merged = try vfm([
      "vfm-train", "merge", bench.path + "/tuned", "--output", bench.path + "/merged.h5", "--isolate",
    ])
    #expect(merged.code == 0, "\(merged.errors)")
  }

  @Test func clipsAreIndexedAlike() throws {
    let bench = try Workbench(steps: 4)
    let clips = bench.path + "/set/train.jsonl"
    for (name, more) in [("a.jsonl", []), ("b.jsonl", ["--isolate"])] {
      let result = try vfm(["vfm-data", "index", clips, "--output", bench.path + "/" + name] + more)
      #expect(result.code == 0, "\(result.errors)")
    }
    #expect(
      FileManager.default.contentsEqual(atPath: bench.path + "/a.jsonl", andPath: bench.path + "/b.jsonl"))
    for arguments in [
      ["vfm-data", "check", clips, "--recipe", bench.recipe],
      ["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"],
      [
        "vfm-data", "curate", bench.recipe, "--index", bench.path + "/a.jsonl", "--output",
        bench.path + "/c.jsonl",
      ],
    ] {
      let result = try vfm(arguments + ["--isolate"])
      #expect(result.code == 0, "\(arguments): \(result.errors)")
    }
  }

  /// The command itself reads nothing of the files: there each reading fails, and the process has none of its environment.
  @Test func nothingIsReadInTheCommandItself() throws {
    let bench = try Workbench(steps: 4)
    let checkpoint = try bench.trained()
    func failing(_ file: String) -> [String: String] {
      ["LD_PRELOAD": TestProgram.path("libFaultyDisk.so"), "VFM_FAULT": "pread 5 -1 \(file)"]
    }
    let clips = bench.path + "/set/train.jsonl"
    for (arguments, file) in [
      (["vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/fresh"], ".mp4"),
      (["vfm-data", "check", clips, "--recipe", bench.recipe], ".mp4"),
      (
        [
          "vfm-data", "curate", bench.recipe, "--index", bench.path + "/i.jsonl", "--output",
          bench.path + "/c.jsonl",
        ], ".mp4"
      ),
      (
        [
          "vfm-eval", "--checkpoint", checkpoint, "--manifest", bench.path + "/set/validation.jsonl",
          "--samples",
          "1", "--steps", "1",
        ], ".mp4"
      ),
      (["vfm-train", "inspect", checkpoint, "--hash"], ".h5"),
      (
        [
          "vfm-sample", "--checkpoint", checkpoint, "--prompt", "a red circle", "--steps", "1", "--output",
          bench.path + "/a.png",
        ], ".h5"
      ),
      (
        [
          "vfm-train", "finetune", "--base", checkpoint, "--data", clips, "--output", bench.path + "/tuned",
          "--set",
          "training.steps=1", "--plan",
        ], ".h5"
      ),
    ] {
      if arguments.contains("curate") {
        try #require(vfm(["vfm-data", "index", clips, "--output", bench.path + "/i.jsonl"]).code == 0)
      }
      let there = try vfm(arguments + ["--isolate"], environment: failing(file))
      #expect(there.code == 0, "\(arguments): \(there.errors)")
    }
    // Without the option the reading fails.
    let here = try vfm(["vfm-train", "inspect", checkpoint, "--hash"], environment: failing(".h5"))
    #expect(here.code != 0)
  }

  /// A machine that locks nothing in is told of; nothing is read without.
  @Test func withoutASandboxTheCommandEnds() {
    let failure = Failure(IsolationError(reason: "there is no seccomp"))
    #expect(failure.status == .unfitInput)
    #expect(
      failure.description.contains(
        "there is no seccomp; leave out --isolate (data.limits.isolate), or run where"))
  }
}
