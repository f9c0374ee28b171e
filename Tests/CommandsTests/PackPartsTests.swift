import Checkpoints
import Foundation
import Testing

/// `vfm-data pack --shard`: several processes make one pack.
@Suite(.serialized) struct PackPartsTests {
  private let settings = ["--set", "data.frames=2", "--set", "data.width=8", "--set", "data.crop=random"]

  private func pack(
    _ bench: Workbench, _ shard: String?, _ more: [String] = [], whileRunning: ((Process) -> Void)? = nil
  ) throws -> CommandResult {
    try vfm(
      ["vfm-data", "pack", bench.recipe, "--output", bench.path + "/pack"]
        + (shard.map { ["--shard", $0] } ?? []) + settings + more, whileRunning: whileRunning)
  }

  private func train(_ bench: Workbench, _ name: String, _ more: [String] = []) throws -> CommandResult {
    try vfm(
      ["vfm-train", "pretrain", bench.recipe, "--output", "\(bench.path)/\(name)", "--json"] + settings + more
    )
  }

  @Test func partsPackedSideBySideTrainAsTheFilesDo() throws {
    let bench = try Workbench()
    let packed = ["--set", "data.packed=\(bench.path)/pack"]
    let first = try pack(bench, "3/3")
    #expect(
      first.code == 0
        && first.output.contains("/pack: 6 clips (0 of 6 as they were), 10 are still to be packed, "),
      "\(first.output)\(first.errors)")
    let early = try train(bench, "early", packed)
    #expect(
      early.code == 65 && early.errors.contains(" is not there")
        && early.errors.contains("Run vfm-data pack again"), "\(early.errors)")

    var beside: CommandResult?
    let second = try pack(bench, "1/3") { _ in beside = try? pack(bench, "2/3") }
    #expect(second.code == 0 && beside?.code == 0, "\(second.errors)\(beside?.errors ?? "")")
    let again = try pack(bench, "1/3", ["--json"])
    #expect(again.json["kept"] as? Int == 5 && again.json["missing"] as? Int == 0, "\(again.errors)")
    let whole = try pack(bench, nil, ["--json"])
    #expect(whole.json["kept"] as? Int == 16 && whole.json["clips"] as? Int == 16, "\(whole.errors)")

    let (files, run) = (try train(bench, "files"), try train(bench, "packed", packed))
    #expect(files.code == 0 && run.code == 0, "\(files.errors)\(run.errors)")
    #expect(files.json["hash"] as? String == run.json["hash"] as? String)
  }

  @Test func aPartIsPackedByOneProcess() throws {
    let bench = try Workbench()
    let lock = try RunLock(bench.path + "/pack/part-1-of-2")
    for shard in ["1/2", "1/3", nil] {
      let refused = try pack(bench, shard)
      #expect(refused.code == 73, "\(refused.errors)")
      #expect(
        refused.errors.contains(
          "The folder \(bench.path)/pack/part-1-of-2 is in use by another run (process \(getpid()) on ")
          && refused.errors.contains("wait for it to end or give another output folder"), "\(refused.errors)")
    }
    let other = try pack(bench, "2/2")
    #expect(other.code == 0, "\(other.errors)")
    withExtendedLifetime(lock) {}

    let whole = try RunLock(bench.path + "/pack")
    let refused = try pack(bench, "2/2")
    #expect(
      refused.code == 73 && refused.errors.contains("The folder \(bench.path)/pack is in use by another run"),
      "\(refused.errors)")
    withExtendedLifetime(whole) {}
  }

  @Test func aPartThatIsNoneIsRefused() throws {
    let bench = try Workbench()
    for shard in ["4/3", "0/3", "3", "a/b"] {
      let refused = try pack(bench, shard)
      #expect(
        refused.code == 64
          && refused.errors.contains("The value '\(shard)' is invalid for '--shard <shard>'"),
        "\(refused.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: bench.path + "/pack"))
    #expect(try vfm(["vfm-data", "pack", "--help"]).output.contains("as in 3/8"))
  }
}
