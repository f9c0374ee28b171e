import Clips
import Foundation
import TestClips
import Testing
import Video

@testable import SyntheticClips

struct SceneJudgeTests {
  /// Clips that went through the encoder and were scaled on the way back.
  @Test(arguments: [(64, 32), (32, 32), (64, 16), (64, 24)])
  func seesWhatWasDrawn(drawn: Int, seen: Int) throws {
    let set = try SmallSet(SyntheticSettings(clips: 120, seed: 8, width: drawn, height: drawn))
    try expectSeen(set, by: SceneJudge(), at: seen)
  }

  /// Colours and a shape that the level lacks, among those that it has.
  @Test(arguments: [(64, 32), (32, 32)])
  func seesWhatWasNamed(drawn: Int, seen: Int) throws {
    let set = try SmallSet(
      SyntheticSettings(
        clips: 60, seed: 8, colours: [.cyan, .pink], shapes: [.star], width: drawn, height: drawn))
    try expectSeen(set, by: SceneJudge(attributes: set.manifest().map(\.attributes)), at: seen)
  }

  private func expectSeen(_ set: SmallSet, by judge: SceneJudge, at seen: Int) throws {
    var wrong: [String] = []
    let entries = try ["train", "test"].flatMap { try set.manifest($0) }
    for entry in entries {
      let reader = try VideoReader(path: entry.path)
      let times = ClipShape(frames: 8, height: seen, width: seen, frameRate: 8).times(from: 0)
      let sight = judge.look(at: try reader.pictures(at: times, framing: Framing(width: seen, height: seen)))
      let told = [sight.colour?.rawValue, sight.shape?.rawValue, sight.motion?.rawValue]
      let drawn = ["colour", "shape", "motion"].map { entry.attributes[$0] }
      if told != drawn { wrong.append("\(entry.name): \(entry.caption): \(told)") }
    }
    #expect(Double(wrong.count) <= 0.01 * Double(entries.count), "\(wrong)")
  }

  @Test func choicesAreTheWordsOfTheLevelAndOfTheAttributes() {
    let easy = SceneJudge(attributes: [
      ["colour": "pink", "shape": "star", "motion": "left", "ground": "gray"]
    ])
    #expect(easy.colours == Level.easy.colours + [.pink])
    #expect(easy.shapes == [.circle, .square, .triangle, .star])
    #expect(easy.motions == [.left, .right, .up, .down])
    // A ground or a motion that only a harder level has tells of that level, a second object of its colour.
    for clip in [["ground": "stripes"], ["motion": "spinning"], ["motion2": "up left"]] {
      let judge = SceneJudge(attributes: [[:], clip])
      #expect(judge.shapes == ShapeKind.allCases && judge.colours == Level.medium.colours)
      #expect(judge.motions == Level.medium.motions.filter { $0.direction != nil })
    }
    #expect(
      SceneJudge(attributes: [["colour2": "cyan"]], level: .hard).colours == Level.hard.colours + [.cyan])
    // Words that nothing drawn can have are left aside.
    let foreign = SceneJudge(attributes: [["colour": "beige", "shape": "dog", "motion": "asleep"]])
    #expect(foreign.colours == Level.easy.colours && foreign.shapes == Level.easy.shapes)
  }

  @Test func tellsDiagonals() {
    let judge = SceneJudge(level: .medium)
    let renderer = Renderer(width: 32, height: 32)
    for motion in [Motion.upLeft, .upRight, .downLeft, .downRight] {
      let direction = motion.direction!
      let object = SceneObject(
        combination: Combination(colour: .green, shape: .star, motion: motion), size: .small, radius: 0.17,
        origin: SIMD2(0.5, 0.5) - direction * 0.2, travel: direction * 0.4, phase: 0, isClockwise: true)
      let scene = Scene(
        objects: [object], ground: Ground(kind: .white, tones: [240, 240], angle: 0, frequency: 0),
        camera: Camera(.still))
      let sight = judge.look(at: renderer.pictures(of: scene, frames: 8))
      #expect(sight == SceneJudge.Sight(colour: .green, shape: .star, motion: motion))
    }
  }

  @Test func seesNothingWhereNothingIs() {
    let blank = [Picture](repeating: Picture(width: 32, height: 32, fill: (128, 128, 128)), count: 8)
    #expect(SceneJudge().look(at: blank) == SceneJudge.Sight())
  }

  @Test func anObjectThatRestsDoesNotMove() {
    let sampler = SceneSampler(level: .easy, seed: 0)
    let picture = Renderer(width: 32, height: 32).picture(of: sampler.scene(clip: 0).scene, at: 0.5)
    let sight = SceneJudge().look(at: [Picture](repeating: picture, count: 8))
    #expect(sight.motion == nil && sight.colour != nil && sight.shape != nil)
  }
}
