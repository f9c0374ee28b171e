import Foundation
import Manifests
import TestClips
import Testing

@testable import SyntheticClips

struct SyntheticSetTests {
  private static func files(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        FileManager.default.contents(atPath: "\(folder)/\(name)").map { (name, $0) }
      })
  }

  @Test(arguments: Level.allCases)
  func theSameSeedGivesTheSameBytes(level: Level) throws {
    let settings = SyntheticSettings(clips: 12, seed: 5, level: level, width: 32, height: 32)
    let folder = try TemporaryFolder()
    try SyntheticSet.write(to: folder.path + "/a", settings, threads: 1)
    try SyntheticSet.write(to: folder.path + "/b", settings, threads: 3)
    let (a, b) = (try Self.files(folder.path + "/a"), try Self.files(folder.path + "/b"))
    #expect(a == b)
    #expect(a.count == 12 + 5)
    var other = settings
    other.seed = 6
    try SyntheticSet.write(to: folder.path + "/c", other)
    #expect(try Self.files(folder.path + "/c")["clips/000000.mp4"] != a["clips/000000.mp4"])
  }

  @Test func splitsAreAsPromised() throws {
    let set = try SmallSet(SyntheticSettings(clips: 100, seed: 1, width: 16, height: 16, frames: 2))
    let (train, validation, test) = (
      try set.manifest(), try set.manifest("validation"), try set.manifest("test")
    )
    #expect(train.count == 75 && validation.count == 5 && test.count == 20)
    #expect(set.settings.counts == SyntheticCounts(train: 75, validation: 5, test: 20))
    #expect(SyntheticSettings(clips: 6000).counts == SyntheticCounts(train: 5400, validation: 300, test: 300))
    func combinations(_ manifest: Manifest) -> Set<[String]> {
      Set(manifest.map { entry in ["colour", "shape", "motion"].map { entry.attributes[$0]! } })
    }
    #expect(combinations(train).isDisjoint(with: combinations(test)))
    #expect(combinations(validation).isDisjoint(with: combinations(test)))
    let first = train[0]
    #expect(first.split == "train" && first.label == first.attributes["motion"])
    #expect(Set(first.attributes.keys) == ["colour", "shape", "motion", "size", "ground", "camera"])
    #expect(Set(train.map(\.caption)).count >= 70)
  }

  @Test func aSetThatIsThereIsLeftAlone() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, width: 16, height: 16, frames: 2))
    let mark = set.path + "/clips/000000.mp4"
    try Data("mine".utf8).write(to: URL(fileURLWithPath: mark))
    #expect(try SyntheticSet.write(to: set.path, set.settings) == set.settings.counts)
    #expect(FileManager.default.contents(atPath: mark) == Data("mine".utf8))
    var other = set.settings
    other.seed = 9
    let error = #expect(throws: SyntheticSetError.self) { try SyntheticSet.write(to: set.path, other) }
    #expect(
      error?.description == "cannot write clips to \(set.path): it holds a set of other settings"
        + " (seed 0 instead of 9); name another folder, or remove this one")
  }

  @Test func aFolderOfOtherFilesIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("holiday.mp4")
    let settings = SyntheticSettings(clips: 10)
    for (path, reason) in [(folder.path, "the folder holds other files; name a new"), (file, "it is a file")]
    {
      let error = #expect(throws: SyntheticSetError.self) { try SyntheticSet.write(to: path, settings) }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
    let error = #expect(throws: SyntheticSetError.self) {
      try SyntheticSet.write(to: "/proc/none/set", settings)
    }
    #expect(error?.description.contains("check its permissions and the space left") == true)
  }

  @Test func whatAKilledRunLeftIsReplaced() throws {
    let folder = try TemporaryFolder()
    try folder.write("set.part/settings.json", "{}")
    try folder.write("set.part/clips/000000.mp4", "half")
    let settings = SyntheticSettings(clips: 10, width: 16, height: 16, frames: 2)
    try SyntheticSet.write(to: folder.path + "/set", settings)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["set"])
    try folder.write("other.part/mine.txt", "mine")
    let error = #expect(throws: SyntheticSetError.self) {
      try SyntheticSet.write(to: folder.path + "/other", settings)
    }
    #expect(error?.description.contains("holds other files; move it away") == true)
  }

  @Test(arguments: [
    (SyntheticSettings(clips: 3), "3 clips are too few"),
    (SyntheticSettings(clips: 10, width: 33), "the width 33 is not an even number"),
    (SyntheticSettings(clips: 10, height: 8), "the height 8 is not an even number of at least 16"),
    (SyntheticSettings(clips: 10, frames: 0), "0 frames are not in"),
    (SyntheticSettings(clips: 10, frameRate: 0), "0.0 frames per second are not in"),
    (SyntheticSettings(clips: 10, crf: 60), "the rate factor 60 is not in"),
  ])
  func impossibleSettingsAreRefused(settings: SyntheticSettings, reason: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: SyntheticSetError.self) {
      try SyntheticSet.write(to: folder.path + "/set", settings)
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func progressCountsToTheEnd() async throws {
    let folder = try TemporaryFolder()
    let settings = SyntheticSettings(clips: 10, width: 16, height: 16, frames: 2)
    _ = try await confirmation(expectedCount: 10) { confirm in
      try SyntheticSet.write(to: folder.path + "/set", settings) { _ in confirm() }
    }
  }
}
