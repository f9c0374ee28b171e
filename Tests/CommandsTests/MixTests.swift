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

  @Test func takesAsManyOfEachClassAsAreWanted() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let rows = (0..<12).map { place in
      let label = place < 6 ? "jump" : place < 10 ? "walk" : nil
      let isBlue = place % 2 == 0
      FileManager.default.createFile(atPath: "\(folder)/\(place).mp4", contents: Data())
      return "{\"path\": \"\(place).mp4\", \"caption\": \"\"\(label.map { ", \"label\": \"\($0)\"" } ?? "")"
        + ", \"attributes\": {\"colour\": \"\(isBlue ? "blue" : "red")\"}}\n"
    }
    try Data(rows.joined().utf8).write(to: URL(fileURLWithPath: folder + "/all.jsonl"))
    func taken(_ share: String) throws -> [String] {
      let result = try mix(folder + "/few.jsonl", folder + "/all.jsonl=" + share)
      #expect(result.code == 0, "\(result.errors)")
      return try Manifest.load(folder + "/few.jsonl").map(\.name)
    }
    #expect(try taken("2/label") == ["0.mp4", "3.mp4", "6.mp4", "8.mp4"])
    #expect(try taken("3/colour") == ["0.mp4", "1.mp4", "4.mp4", "5.mp4", "8.mp4", "9.mp4"])
    let two = try mix(folder + "/few.jsonl", folder + "/all.jsonl=2/label")
    #expect(two.errors.contains("2 clips have no label and are left out"), "\(two.errors)")
    let many = try mix(folder + "/few.jsonl", folder + "/all.jsonl=5/label")
    #expect(
      many.code == 64 && many.errors.contains("all.jsonl, walk, has 4 clips, fewer than the 5"),
      "\(many.errors)")
    let unknown = try mix(folder + "/few.jsonl", folder + "/all.jsonl=5/shape")
    #expect(
      unknown.code == 65 && unknown.errors.contains("no clip has the attribute shape"), "\(unknown.errors)")
    let bare = try mix(folder + "/few.jsonl", folder + "/all.jsonl=5/")
    #expect(
      bare.code == 64 && bare.errors.contains("\"label\" or the name of an attribute"), "\(bare.errors)")
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
