import Foundation
import Manifests
import SyntheticClips
import Testing

/// `vfm-data mix`: one manifest of the clips of several.
struct MixTests {
  private let folder = NSTemporaryDirectory() + "vfm-mix-" + UUID().uuidString

  private func sets() throws {
    for name in ["old", "new"] {
      try SyntheticSet.write(
        to: "\(folder)/\(name)", SyntheticSettings(clips: 20, seed: 1, width: 16, height: 16, frames: 2))
    }
  }

  private func mix(_ output: String, _ manifests: String...) throws -> CommandResult {
    try vfm(["vfm-data", "mix", output] + manifests)
  }

  @Test func theManifestIsOneOfJSONLines() throws {
    let result = try mix(folder + "/mixed.csv", folder + "/new/train.jsonl")
    #expect(result.code == 64 && result.errors.contains("ends in .jsonl"), "\(result.errors)")
  }

  @Test func noInputIsOverwritten() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sets()
    let path = folder + "/new/train.jsonl"
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let result = try mix(path, path + "=3")
    #expect(result.code == 64 && result.errors.contains("is one of the manifests to mix"), "\(result.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func takesAsManyOfEachAsAreWanted() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sets()
    let path = folder + "/mixed.jsonl"
    let result = try mix(path, folder + "/new/train.jsonl", folder + "/old/train.jsonl=5")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("15 of \(folder)/new/train.jsonl, 5 of \(folder)/old/train.jsonl"))
    let mixed = try Manifest.load(path)
    let old = try Manifest.load(folder + "/old/train.jsonl")
    #expect(mixed.count == 20)
    // Those of the old set come from all over it, with all that was said of them.
    #expect(mixed[15 + 2].caption == old[6].caption && mixed[15 + 2].attributes == old[6].attributes)
    #expect(mixed[15 + 2].name == "old/" + old[6].name)
  }

  @Test func whatCannotBeMixedIsSaid() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try sets()
    let elsewhere = try mix(folder + "/new/mixed.jsonl", folder + "/old/train.jsonl")
    #expect(elsewhere.code == 65 && elsewhere.errors.contains("does not lie in"), "\(elsewhere.errors)")
    let many = try mix(folder + "/mixed.jsonl", folder + "/old/train.jsonl=99")
    #expect(many.code == 64 && many.errors.contains("15 clips, fewer than the 99"), "\(many.errors)")
    let words = try mix(folder + "/mixed.jsonl", folder + "/old/train.jsonl=few")
    #expect(words.code == 64 && words.errors.contains("a number above 0"), "\(words.errors)")
    #expect(try mix(folder + "/mixed.jsonl", folder + "/none.jsonl").code == 66)
  }
}
