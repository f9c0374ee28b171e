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
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output], ignoring: SIGHUP,
      whileRunning: { process in
        waitForSteps(bench)
        kill(process.processIdentifier, SIGHUP)
      })
    #expect(result.code == 0, "\(result.errors)")
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
  @Test func messagesDoNotLandInFiles() throws {
    let bench = try Workbench()
    let result = try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", bench.output], closing: [0, 2])
    #expect(result.code == 0)
    let lock = try String(contentsOfFile: bench.output + "/run.lock", encoding: .utf8)
    #expect(!lock.contains("step") && !lock.contains("parameters"), "\(lock)")
  }
}
