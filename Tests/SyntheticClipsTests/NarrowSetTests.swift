import Foundation
import Manifests
import TestClips
import Testing
import Video

@testable import SyntheticClips

/// Sets of named colours and shapes, and that sets without them are what they were.
struct NarrowSetTests {
  /// Pixels and captions of the first 24 clips, a few of them held out, as 64-bit FNV-1a; taken before colours and shapes
  /// could be named.
  @Test(arguments: [
    (Level.easy, 3_498_703_501_442_842_990 as UInt64), (.medium, 14_297_983_600_911_561_792),
    (.hard, 9_735_044_677_263_224_695),
  ])
  func setsOfALevelDrawWhatTheyAlwaysDrew(level: Level, expected: UInt64) {
    let sampler = SceneSampler(SyntheticSettings(clips: 24, level: level).catalogue, seed: 7)
    let renderer = Renderer(width: 32, height: 24)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for clip in 0..<24 {
      var (scene, stream) = sampler.scene(clip: clip, heldOut: clip % 5 == 4)
      let caption = Captions.caption(of: scene, using: &stream)
      let pixels = renderer.pictures(of: scene, frames: 3).flatMap(\.pixels)
      for byte in pixels + Array(caption.utf8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    #expect(hash == expected)
  }

  @Test func settingsOfALevelSayNothingOfColours() throws {
    let set = try SmallSet(SyntheticSettings(clips: 10, seed: 7, width: 16, height: 16, frames: 2))
    #expect(
      try set.folder.text("set/settings.json") == """
        {
          "clips" : 10,
          "crf" : 18,
          "frameRate" : 8,
          "frames" : 2,
          "height" : 16,
          "level" : "easy",
          "seed" : 7,
          "version" : 1,
          "width" : 16
        }

        """)
    #expect(
      try set.folder.text("set/README.txt").contains(
        "test.jsonl        2 clips: only combinations that the other two never show"))
  }

  @Test func onlyWhatIsNamedIsDrawn() throws {
    let settings = SyntheticSettings(
      clips: 40, colours: [.pink, .cyan], shapes: [.star], width: 16, height: 16, frames: 2)
    let set = try SmallSet(settings)
    func combinations(_ split: String) throws -> Set<[String]> {
      try Set(set.manifest(split).map { ["colour", "shape", "motion"].map($0.value) })
    }
    let train = try combinations("train")
    #expect(train.count == 8)
    #expect(Set(train.map { $0[0] }) == ["cyan", "pink"] && Set(train.map { $0[1] }) == ["star"])
    for entry in try set.manifest() {
      #expect(entry.caption.contains(entry.value("colour") + " star"), "\(entry.caption)")
    }

    // Nothing can be held out: the test clips are of the same combinations, but other clips.
    #expect(!settings.holdsOutCombinations && settings.counts.test == 8)
    #expect(try combinations("test").isSubset(of: train))
    let clips = try ["train", "validation", "test"].flatMap { try set.manifest($0) }.map {
      FileManager.default.contents(atPath: $0.file.path)
    }
    #expect(Set(clips).count == 40)
    let readme = try set.folder.text("set/README.txt")
    #expect(readme.contains("(level easy, colours cyan pink, shapes star, seed 0)"))
    #expect(readme.contains("8 clips: the same combinations, drawn anew: there are too few to hold any out"))
    let text = try set.folder.text("set/settings.json")
    #expect(
      text.contains("\"colours\" : [\n    \"cyan\",\n    \"pink\"\n  ]") && text.contains("\"version\" : 1"))

    var other = SyntheticSettings(clips: 40, colours: [.pink], width: 16, height: 16, frames: 2)
    let error = #expect(throws: SyntheticSetError.self) { try SyntheticSet.write(to: set.path, other) }
    #expect(
      error?.description.contains(
        "(colours cyan,pink instead of pink, shapes star instead of circle,square,triangle)") == true)
    other = SyntheticSettings(
      clips: 40, colours: [.cyan, .pink, .cyan], shapes: [.star], width: 16, height: 16, frames: 2)
    #expect(try SyntheticSet.write(to: set.path, other) == settings.counts)
  }

  @Test func namingWhatTheLevelHasIsNamingNothing() {
    let named = SyntheticSettings(
      clips: 10, colours: Level.easy.colours.reversed(), shapes: [.triangle, .square, .circle])
    #expect(named == SyntheticSettings(clips: 10) && named.colours == nil && named.shapes == nil)
    #expect(SyntheticSettings(clips: 10, level: .medium, shapes: [.circle]).shapes == [.circle])
  }

  @Test(arguments: Level.allCases, [0, 1, 2] as [UInt64])
  func pairsOccurInTrainingWhateverIsNamed(level: Level, seed: UInt64) {
    let catalogue = Catalogue(level: level, colours: [.pink, .cyan], shapes: [.star, .ring, .circle])
    let split = CombinationSplit(catalogue, seed: seed)
    #expect(Set(split.training).isDisjoint(with: split.heldOut) && split.testing == split.heldOut)
    #expect(Set(split.training).union(split.heldOut) == Set(catalogue.combinations))
    #expect((1...catalogue.combinations.count / 6).contains(split.heldOut.count))
    for all in catalogue.combinations {
      #expect(split.training.contains { $0.colour == all.colour && $0.shape == all.shape })
      #expect(split.training.contains { $0.colour == all.colour && $0.motion == all.motion })
      #expect(split.training.contains { $0.shape == all.shape && $0.motion == all.motion })
    }
    let sampler = SceneSampler(catalogue, seed: seed)
    for object in (0..<60).flatMap({ sampler.scene(clip: $0).scene.objects }) {
      #expect(catalogue.colours.contains(object.combination.colour))
      #expect(catalogue.shapes.contains(object.combination.shape))
    }
  }

  @Test(arguments: [
    (SyntheticSettings(clips: 10, colours: []), "no colour is named; name one or more of red, green"),
    (SyntheticSettings(clips: 10, shapes: []), "no shape is named; name one or more of circle, square"),
    (
      SyntheticSettings(clips: 10, level: .hard, colours: [.cyan]),
      "level hard draws pairs of objects that differ in colour and shape, but there is one colour; name two or more"
    ),
    (SyntheticSettings(clips: 10, level: .hard, shapes: [.star]), "but there is one shape; name two or more"),
  ])
  func impossibleCataloguesAreRefused(settings: SyntheticSettings, reason: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: SyntheticSetError.self) {
      try SyntheticSet.write(to: folder.path + "/set", settings)
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/set"))
  }

  @Test(arguments: Colour.allCases)
  func coloursAreFarFromEachOtherAndFromAnyGray(colour: Colour) {
    let others = Colour.allCases.filter { $0 != colour }.map(\.rgb)
    let grays = (0...255).map { SIMD3(repeating: Double($0)) }
    for other in others + grays {
      let way = other - colour.rgb
      #expect((way * way).sum().squareRoot() > 95, "\(colour) and \(other)")
    }
  }
}

extension ClipEntry {
  fileprivate func value(_ attribute: String) -> String { attributes[attribute] ?? "" }
}
