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
    let judge = SceneJudge()
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
