import Foundation
import Testing
import Video

@testable import Evaluation
@testable import SyntheticClips

struct PromptFollowingTests {
  private let asked = [
    ["colour": "red", "shape": "circle", "motion": "left"],
    ["colour": "blue", "shape": "square", "motion": "up"],
    ["colour": "green", "shape": "star", "motion": "spinning"],
    ["colour": "green"],
  ]

  @Test func countsWhatIsRight() {
    let sights = [
      SceneJudge.Sight(colour: .red, shape: .circle, motion: .left),
      SceneJudge.Sight(colour: .blue, shape: .circle, motion: .up),
      SceneJudge.Sight(colour: .green, shape: .star, motion: nil),
      SceneJudge.Sight(colour: .red, shape: .star, motion: .down),
    ]
    let following = PromptFollowing(sights: sights, asked: asked)
    #expect(following.colour == Proportion(right: 3, judged: 4))
    #expect(following.shape == Proportion(right: 2, judged: 3))
    // Spinning is no straight motion: it is not judged.
    #expect(following.motion == Proportion(right: 2, judged: 2))
    #expect(following.all == Proportion(right: 1, judged: 2))
  }

  @Test func seeingNothingIsWrong() {
    let following = PromptFollowing(sights: asked.map { _ in SceneJudge.Sight() }, asked: asked)
    #expect(following.colour == Proportion(right: 0, judged: 4))
    #expect(following.all == Proportion(right: 0, judged: 2))
  }

  @Test func looksAtPictures() {
    let clip = (0..<8).map { frame in
      var picture = Picture(width: 32, height: 32, fill: (240, 240, 240))
      for y in 11..<21 {
        for x in 20 - 2 * frame..<30 - 2 * frame { picture[x, y] = (225, 30, 30) }
      }
      return picture
    }
    let blank = [Picture](repeating: Picture(width: 32, height: 32), count: 8)
    let asked = [["colour": "red", "shape": "square", "motion": "left"]]
    let following = PromptFollowing(clips: [clip, blank], asked: asked + asked)
    #expect(following.colour == Proportion(right: 1, judged: 2))
    #expect(following.all == Proportion(right: 1, judged: 2))
  }

  @Test func jsonNamesEachCount() throws {
    let following = PromptFollowing(sights: [], asked: [])
    let data = try JSONEncoder().encode(following)
    let values = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(values.keys) == ["colour", "shape", "motion", "all"])
    #expect(try JSONDecoder().decode(PromptFollowing.self, from: data) == following)
  }
}
