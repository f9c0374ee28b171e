import Foundation
import Testing

@Suite(.serialized) struct PackTests {
  private let roaming = ["--set", "data.frames=2", "--set", "data.width=8", "--set", "data.crop=random"]

  private func pack(_ bench: Workbench, _ more: [String] = []) throws -> CommandResult {
    try vfm(["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"] + roaming + more)
  }

  private func train(_ bench: Workbench, _ name: String, _ more: [String] = []) throws -> CommandResult {
    try vfm(
      [
        "vfm-train", "pretrain", bench.recipe, "--output", "\(bench.path)/\(name)", "--json", "--set",
        "training.validateEvery=2",
      ] + roaming + more)
  }

  private func packed(_ bench: Workbench) -> [String] { ["--set", "data.packed=\(bench.path)/pack"] }

  /// Puts other bytes of the same count and time in the place of all clips.
  private func spoilClips(_ bench: Workbench) throws {
    let clips = bench.path + "/set/clips"
    for name in try FileManager.default.contentsOfDirectory(atPath: clips) {
      var status = stat()
      stat("\(clips)/\(name)", &status)
      try Data(repeating: 1, count: Int(status.st_size)).write(to: URL(fileURLWithPath: "\(clips)/\(name)"))
      utimensat(AT_FDCWD, "\(clips)/\(name)", [status.st_atim, status.st_mtim], 0)
    }
  }

  @Test func trainingFromAPackIsTrainingFromTheFiles() throws {
    let bench = try Workbench()
    let files = try train(bench, "files")
    #expect(files.code == 0, "\(files.errors)")
    let result = try pack(bench)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("/pack: 16 clips (0 of 16 as they were), "), "\(result.output)")
    #expect(result.output.contains(" times as large as the files"))
    let again = try pack(bench, ["--json"])
    #expect(again.json["kept"] as? Int == 16 && again.json["unusable"] as? Int == 0, "\(again.errors)")

    try spoilClips(bench)
    let fromPack = try train(bench, "packed", packed(bench))
    #expect(fromPack.code == 0, "\(fromPack.errors)")
    #expect(fromPack.json["hash"] as? String == files.json["hash"] as? String)
    let hashes = try ["files", "packed"].map {
      try vfm(["vfm-train", "inspect", "\(bench.path)/\($0)", "--hash"]).output
    }
    #expect(hashes[0] == hashes[1])
    let losses = try ["files", "packed"].map { name in
      try String(contentsOfFile: "\(bench.path)/\(name)/metrics.jsonl", encoding: .utf8).split(
        separator: "\n"
      )
      .map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as! [String: Any] }
      .compactMap { $0["loss"] as? Double ?? ($0["validation"] as? [String: Double])?["mean"] }
    }
    #expect(losses[0] == losses[1] && losses[0].count >= 4)
    // Without the pack there is nothing to be decoded any more.
    #expect(try train(bench, "none").code == 65)
  }

  @Test func aStalePackIsRefused() throws {
    let bench = try Workbench()
    try #require(try pack(bench).code == 0)
    let clips = bench.path + "/set/clips"
    let names = try FileManager.default.contentsOfDirectory(atPath: clips).sorted()
    let manifest = try String(contentsOfFile: bench.path + "/set/train.jsonl", encoding: .utf8)
    let name = try #require(names.first { manifest.contains($0) })
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(clips)/\(name)"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data([0, 0]))
    try handle.close()
    let stale = try train(bench, "run", packed(bench))
    #expect(stale.code == 65)
    #expect(
      stale.errors.contains("\(name) had ") && stale.errors.contains("Run vfm-data pack again"),
      "\(stale.errors)")
    let other = try train(bench, "run", packed(bench) + ["--set", "data.height=8"])
    #expect(other.code == 65 && other.errors.contains("data.height was 16 and is now 8"), "\(other.errors)")
    let anew = try pack(bench, ["--json"])
    #expect(anew.code == 0 && anew.json["kept"] as? Int == 0)
    #expect(try train(bench, "run", packed(bench)).code == 0)
  }

  @Test func whatCannotBePackedIsTold() throws {
    let bench = try Workbench()
    let nowhere = try vfm(["vfm-data", "pack", bench.recipe])
    #expect(
      nowhere.code == 64 && nowhere.errors.contains("give --output, or set data.packed"), "\(nowhere.errors)")
    let missing = try train(bench, "run", ["--set", "data.packed=/nowhere/pack"])
    #expect(
      missing.code == 66 && missing.errors.contains("run vfm-data pack with this recipe"), "\(missing.errors)"
    )
    let forbidden = try vfm(["vfm-data", "pack", bench.recipe, "--output", "/proc/pack"])
    #expect(forbidden.code == 73, "\(forbidden.errors)")
    let full = try vfm(["vfm-data", "pack", bench.recipe, "--output", bench.path + "/full"], limit: 8)
    #expect(full.code == 74 && full.errors.contains("clips-00000.h5"), "\(full.errors)")
    let left = try FileManager.default.contentsOfDirectory(atPath: bench.path + "/full")
    #expect(left.allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func aSignalWritesWhatIsReady() throws {
    let bench = try Workbench()
    // So many pieces of one clip that the signal comes before the end.
    let rows = (1..<6000).map { "set/clips/000001.mp4,a,\(Double($0) / 100_000)" }
    try bench.write("path,caption,start\n" + rows.joined(separator: "\n") + "\n", to: "many.csv")
    let arguments = [
      "vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack", "--json", "--threads", "1", "--set",
      "data.train=\(bench.path)/many.csv",
    ]
    let result = try vfm(arguments) { process in
      let lock = bench.path + "/pack/run.lock"
      while process.isRunning, !FileManager.default.fileExists(atPath: lock) { usleep(1000) }
      usleep(1_000_000)
      process.interrupt()
    }
    #expect(result.code == 75 && result.errors.contains("run the same command again"), "\(result.errors)")
    let packed = try #require(result.json["clips"] as? Int)
    let again = try vfm(arguments)
    #expect(again.code == 0 && again.json["kept"] as? Int == packed && again.json["clips"] as? Int == 6000)
  }
}
