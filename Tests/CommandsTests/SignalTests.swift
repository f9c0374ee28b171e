import Foundation
import Testing

/// Whoever asks a run to stop, and whenever: it saves and says how to go on.
@Suite(.serialized) struct SignalTests {
  private func train(_ bench: Workbench, steps: Int, whileRunning: @escaping (Process) -> Void) throws
    -> CommandResult
  {
    try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--set", "training.steps=\(steps)"],
      whileRunning: whileRunning)
  }

  private func waitForSteps(_ bench: Workbench) {
    for _ in 0..<1000 {
      let metrics = FileManager.default.contents(atPath: bench.output + "/metrics.jsonl")
      if metrics?.isEmpty == false { return }
      usleep(10_000)
    }
  }

  private func steps(_ bench: Workbench) -> Int {
    let metrics = FileManager.default.contents(atPath: bench.output + "/metrics.jsonl")
    return metrics?.count { $0 == UInt8(ascii: "\n") } ?? 0
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGUSR1])
  func eachSavesAndExitsWith75(number: Int32) throws {
    let bench = try Workbench()
    let result = try train(bench, steps: 1_000_000) { process in
      waitForSteps(bench)
      kill(process.processIdentifier, number)
      // Batch systems and terminals send some of them twice.
      if number == SIGHUP || number == SIGUSR1 { kill(process.processIdentifier, number) }
    }
    #expect(result.code == 75, "\(result.code): \(result.errors)")
    #expect(result.errors.contains("to go on, run the same command again"), "\(result.errors)")
    #expect(result.errors.contains("stopping after this step"), "\(result.errors)")
  }

  @Test func aTerminalThatClosesDoesNotMindNohup() throws {
    let bench = try Workbench()
    var stepsAfter = 0
    let result = try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", bench.output, "--set", "training.steps=1000000",
      ], ignoring: SIGHUP,
      whileRunning: { process in
        waitForSteps(bench)
        kill(process.processIdentifier, SIGHUP)
        let before = steps(bench)
        for _ in 0..<1000 where stepsAfter < 3 {
          usleep(10_000)
          stepsAfter = steps(bench) - before
        }
        kill(process.processIdentifier, SIGTERM)
      })
    #expect(result.code == 75 && stepsAfter >= 3, "\(result.errors)")
  }

  /// From the first moment on a signal ends the program or is heard: none is lost.
  @Test func noSignalOfTheStartIsLost() throws {
    for delay in 0..<25 {
      let bench = try Workbench()
      let result = try train(bench, steps: 1_000_000) { process in
        usleep(UInt32(delay * 8000))
        kill(process.processIdentifier, SIGTERM)
      }
      // Ended by the signal itself, before there was anything to save, or saved.
      #expect(result.code == 75 || result.code == SIGTERM, "\(delay): \(result.code) \(result.errors)")
    }
  }

  /// What is opened by a program that was started without a standard error is not written over with its messages.
  @Test(arguments: [[2], [0, 2], [0, 1, 2]]) func messagesDoNotLandInFiles(closed: [Int]) throws {
    let bench = try Workbench()
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output], closing: closed)
    #expect(result.code == 0)
    for name in ["run.lock", "metrics.jsonl", "clips.jsonl", "recipe.json"] {
      let text = try String(contentsOfFile: bench.output + "/" + name, encoding: .utf8)
      #expect(!text.contains("parameters, ") && !text.contains(": saved "), "\(name): \(text)")
    }
  }
}
