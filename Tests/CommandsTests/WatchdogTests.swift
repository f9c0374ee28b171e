import Foundation
import TestPrograms
import Testing

/// A run that makes no progress is ended, and says where it hangs.
struct WatchdogTests {
  @Test func aHangIsEndedAndTold() throws {
    let bench = try Workbench(steps: 6)
    let whole = try bench.pretrain("--json", output: bench.path + "/whole")
    let run = bench.path + "/run"
    let arguments = [
      "vfm-train", "pretrain", bench.recipe, "--json", "--output", run, "--set", "data.prefetch=1",
    ]
    // Each reading of one clip never returns.
    let result = try vfm(
      arguments + ["--hang-limit", "2s"],
      environment: [
        "LD_PRELOAD": TestProgram.path("libFaultyDisk.so"), "VFM_FAULT": "pread 0 -1 clips/000002.mp4",
      ])
    #expect(result.code == 70, "\(result.errors)")
    #expect(
      result.errors.contains("so the run hangs and is ended; \(run)/hang.txt says where each thread is."))
    let text = try String(contentsOfFile: run + "/hang.txt", encoding: .utf8)
    #expect(text.hasPrefix("nothing has happened for "), "\(text.prefix(100))")
    // The calls of the thread that hangs lead through the library that never returns.
    #expect(text.contains("thread ") && text.contains("libFaultyDisk.so"), "\(text)")
    let again = try vfm(arguments)
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.json["hash"] as? String == whole.json["hash"] as? String && whole.json["hash"] != nil)
  }

  @Test func aRunThatIsOnlyStoppedGoesOn() throws {
    let bench = try Workbench(steps: 2000)
    let run = bench.path + "/run"
    let result = try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", run, "--hang-limit", "4s", "--set",
        "training.checkpointEvery=2000",
      ],
      whileRunning: { process in
        // Once it trains it is watched.
        let metrics = run + "/metrics.jsonl"
        while process.isRunning, FileManager.default.contents(atPath: metrics)?.isEmpty ?? true {
          usleep(10_000)
        }
        kill(process.processIdentifier, SIGSTOP)
        sleep(8)
        kill(process.processIdentifier, SIGCONT)
        usleep(300_000)
        kill(process.processIdentifier, SIGTERM)
      })
    #expect(result.code == 75, "\(result.errors)")
  }
}
