import Foundation
import Testing

/// What comes between a run and its end: stops in long work, logs and results that cannot be written, foreign files.
@Suite(.serialized) struct EndsOfRunsTests {
  private func train(_ bench: Workbench, _ more: [String], whileRunning: ((Process) -> Void)? = nil) throws
    -> CommandResult
  {
    try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--json"] + more,
      whileRunning: whileRunning)
  }

  private func wait(for text: String, in file: String) {
    for _ in 0..<2000 {
      if let bytes = FileManager.default.contents(atPath: file),
        String(decoding: bytes, as: UTF8.self).contains(text)
      {
        return
      }
      usleep(5000)
    }
  }

  /// Samples that a stop cut short are made when the run goes on, whole, and the state is that of a run that was not
  /// stopped.
  @Test func samplesThatAStopCutShortAreMadeLater() throws {
    let bench = try Workbench(steps: 6)
    let sampling = ["--set", "training.sampleEvery=3", "--set", "samples.steps=60"]
    let calm = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/calm", "--json"] + sampling)
    #expect(calm.code == 0, "\(calm.errors)")
    let stopped = try train(bench, sampling) { process in
      // The third step is done and its samples are being made.
      wait(for: "\"step\":3", in: bench.output + "/metrics.jsonl")
      kill(process.processIdentifier, SIGTERM)
    }
    #expect(stopped.code == 75, "\(stopped.code): \(stopped.errors)")
    let again = try train(bench, sampling)
    #expect(
      again.code == 0 && again.json["hash"] as? String == calm.json["hash"] as? String, "\(again.errors)")
    for step in ["step-000003", "step-000006"] {
      for name in ["prompt-00.mp4", "sheet.png", "prompts.json"] {
        let (one, other) = (
          bench.path + "/calm/samples/\(step)/\(name)", bench.output + "/samples/\(step)/\(name)"
        )
        #expect(FileManager.default.contentsEqual(atPath: one, andPath: other), "\(step)/\(name)")
      }
    }
    // What a kill has left of a set is made good, too.
    let list = bench.output + "/samples/step-000006/prompts.json"
    try FileManager.default.removeItem(atPath: list)
    try Data([0]).write(to: URL(fileURLWithPath: bench.output + "/samples/step-000006/prompt-00.mp4.partial"))
    #expect(try train(bench, sampling).code == 0)
    #expect(FileManager.default.fileExists(atPath: list))
  }

  @Test func resultsThatCannotBeWrittenAreAnError() throws {
    let bench = try Workbench()
    let checkpoint = try bench.trained()
    for command in [
      ["vfm-train", "inspect", checkpoint], ["vfm-train", "inspect", checkpoint, "--hash"],
      ["vfm-data", "check", bench.path + "/set/train.jsonl"],
    ] {
      let full = try vfm(command, outputTo: "/dev/full")
      #expect(full.code == 74, "\(command)")
      #expect(
        full.errors.contains("Cannot write the result to standard output: No space left on device"),
        "\(full.errors)")
      #expect(try vfm(command, closing: [1]).code == 74, "\(command)")
      #expect(try vfm(command).code == 0, "\(command)")
    }
  }

  /// A log that cannot be written is given up, with a line in the run's folder, and training goes on.
  @Test func aLogThatCannotBeWrittenIsGivenUp() throws {
    let bench = try Workbench()
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output], errorsTo: "/dev/full")
    #expect(result.code == 0)
    let line = try String(contentsOfFile: bench.output + "/log-lost.txt", encoding: .utf8)
    #expect(
      line == "standard error could not be written at step 1: No space left on device; training goes on\n")
  }

  @Test func aRecipeThatIsAPipeIsRefused() throws {
    let bench = try Workbench()
    let pipe = bench.path + "/pipe.json"
    #expect(mkfifo(pipe, 0o600) == 0)
    let result = try vfm(["vfm-train", "pretrain", pipe])
    #expect(result.code == 66 && result.errors.contains("this is not a regular file"), "\(result.errors)")
  }

  /// A checkpoint of another run in the place of the newest: the run goes on from its own.
  @Test func anotherRunsCheckpointIsPassedOver() throws {
    let bench = try Workbench(steps: 6)
    #expect(try train(bench, ["--stop-after", "4"]).code == 75)
    let other = try vfm([
      "vfm-train", "pretrain", bench.recipe, "--output", bench.path + "/other", "--set", "seed=99",
    ])
    #expect(other.code == 0, "\(other.errors)")
    try FileManager.default.copyItem(
      atPath: bench.path + "/other/checkpoints/step-00000006.h5",
      toPath: bench.output + "/checkpoints/step-00000006.h5")
    let result = try train(bench, [])
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.errors.contains("step-00000006.h5 does not serve and is passed over: "), "\(result.errors)")
    #expect(result.errors.contains("going on from step 4 "), "\(result.errors)")
    // A recipe of which no checkpoint is one is refused, as ever.
    let changed = try train(bench, ["--set", "model.width=32"])
    #expect(changed.code == 65 && changed.errors.contains("model.width"), "\(changed.errors)")
  }

  /// The start asks for room for what will lie there at the peak.
  @Test func theStartAsksForRoomForThePeak() throws {
    let bench = try Workbench(steps: 10)
    let plan = try bench.pretrain(
      "--plan", "--json", "--set", "training.keepCheckpoints=3", "--set", "training.checkpointEvery=1")
    let checkpoint = try #require(plan.json["checkpointBytes"] as? Int, "\(plan.errors)")
    #expect(plan.json["checkpointsAtOnce"] as? Int == 4)
    #expect(try #require(plan.json["diskBytes"] as? Int) >= 4 * checkpoint)
    let few = try bench.pretrain("--plan", "--json", "--set", "training.checkpointEvery=10")
    #expect(few.json["checkpointsAtOnce"] as? Int == 1)
  }

  /// A run whose time is short saves and stops by itself.
  @Test func aRunStopsBeforeItsTimeIsOver() throws {
    let bench = try Workbench(steps: 1_000_000)
    let result = try train(
      bench, ["--max-time", "2s", "--set", "training.checkpointEvery=1000000"])
    #expect(result.code == 75, "\(result.code) \(result.errors)")
    #expect(result.errors.contains("stopped before the time of --max-time is over"), "\(result.errors)")
    let saved = try FileManager.default.contentsOfDirectory(atPath: bench.output + "/checkpoints")
    #expect(saved.count == 1, "\(saved)")
    for wrong in ["soon", "3", "-1s", "0s", "1x"] {
      #expect(try train(bench, ["--max-time=\(wrong)"]).code == 64, "\(wrong)")
    }
  }
}
