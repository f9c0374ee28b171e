import Testing

@testable import SyntheticClips
@testable import Tokens

struct SceneSamplerTests {
  @Test(arguments: Level.allCases, [0, 1, 2] as [UInt64])
  func heldOutCombinationsAreNeverTrainedOn(level: Level, seed: UInt64) {
    let split = CombinationSplit(level: level, seed: seed)
    let (training, heldOut) = (Set(split.training), Set(split.heldOut))
    #expect(training.isDisjoint(with: heldOut))
    #expect(training.union(heldOut) == Set(level.combinations))
    #expect(heldOut.count == level.combinations.count / 6)
    #expect(Set(training.map(\.colour)) == Set(level.colours))
    #expect(Set(training.map(\.shape)) == Set(level.shapes))
    #expect(Set(training.map(\.motion)) == Set(level.motions))

    let sampler = SceneSampler(level: level, seed: seed)
    for clip in 0..<200 {
      let trained = sampler.scene(clip: clip).scene.objects.map(\.combination)
      #expect(trained.allSatisfy(training.contains), "clip \(clip)")
      #expect(heldOut.contains(sampler.scene(clip: clip, heldOut: true).scene.objects[0].combination))
    }
  }

  @Test func seedsChooseOtherCombinations() {
    #expect(
      Set(CombinationSplit(level: .easy, seed: 0).heldOut)
        != Set(CombinationSplit(level: .easy, seed: 1).heldOut))
  }

  @Test(arguments: Level.allCases)
  func levelsHoldWhatTheySay(level: Level) {
    let sampler = SceneSampler(level: level, seed: 1)
    let scenes = (0..<300).map { sampler.scene(clip: $0).scene }
    #expect(Set(scenes.map(\.objects.count)) == (level == .hard ? [1, 2] : [1]))
    #expect(Set(scenes.map(\.ground.kind)) == Set(level.grounds))
    #expect(Set(scenes.map(\.camera.kind)) == Set(level.cameras))
    #expect(Set(scenes.map(\.objects[0].combination.motion)) == Set(level.motions))
    #expect(Set(scenes.map(\.objects[0].size)) == Set(SizeKind.allCases))
    for scene in scenes where scene.camera.kind != .still { #expect(scene.ground.kind.plainTone == nil) }
  }

  @Test func straightMotionsCrossTheFrame() {
    let sampler = SceneSampler(level: .easy, seed: 2)
    for object in (0..<100).map({ sampler.scene(clip: $0).scene.objects[0] }) {
      let direction = object.combination.motion.direction!
      let way = object.pose(at: 1).centre - object.pose(at: 0).centre
      #expect((way * direction).sum() >= 0.36 && (way * direction).sum() <= 0.52)
      #expect(abs((way * SIMD2(direction.y, direction.x)).sum()) == 0)
    }
  }

  @Test(arguments: Level.allCases)
  func captionsNameWhatIsSeen(level: Level) {
    let sampler = SceneSampler(level: level, seed: 3)
    var captions: Set<String> = []
    for clip in 0..<300 {
      var (scene, stream) = sampler.scene(clip: clip)
      let caption = Captions.caption(of: scene, using: &stream)
      captions.insert(caption)
      let words = Set(WordTokenizer.split(caption))
      for object in scene.objects {
        #expect(words.contains(object.combination.colour.rawValue), "\(caption)")
        #expect(words.contains(object.combination.shape.rawValue), "\(caption)")
        if let direction = object.combination.motion.direction, direction.x != 0 {
          #expect(words.contains(direction.x < 0 ? "left" : "right"), "\(caption)")
        }
      }
      if scene.ground.kind.plainTone != nil {
        #expect(words.contains(scene.ground.kind.rawValue), "\(caption)")
      }
      #expect((scene.camera.kind == .still) == !words.contains("camera"), "\(caption)")
      // Colours that are not there are not named.
      let seen = Set(scene.objects.map(\.combination.colour))
      for colour in Colour.allCases where !seen.contains(colour) { #expect(!words.contains(colour.rawValue)) }
      #expect(!caption.contains("a orange") && !caption.contains("  "), "\(caption)")
    }
    #expect(captions.count >= 270, "only \(captions.count) different captions of 300")
  }
}
