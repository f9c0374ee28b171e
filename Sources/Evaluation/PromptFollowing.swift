import SyntheticClips
import Video

/// How often sampled clips show what their prompts asked for, on the embedded set of moving shapes.
public struct PromptFollowing: Sendable, Equatable, Codable {
  /// Clips whose object had the colour that was asked for.
  public let colour: Proportion
  /// Clips whose object had the shape.
  public let shape: Proportion
  /// Clips whose object moved as asked; motions that are not straight are not judged.
  public let motion: Proportion
  /// Clips with colour, shape and motion right, of those for which all three could be judged.
  public let all: Proportion

  /// Counts what a judge sees.
  ///
  /// - Parameters:
  ///   - clips: the pictures of each sampled clip.
  ///   - asked: for each clip the attributes of its prompt, by the manifest's names `colour`, `shape` and `motion`.
  ///     An attribute that is missing is not judged. A clip in which the judge sees nothing is wrong, not left out.
  ///   - judge: who looks.
  public init(clips: [[Picture]], asked: [[String: String]], judge: SceneJudge = SceneJudge()) {
    precondition(clips.count == asked.count, "each clip needs the attributes that were asked for")
    self.init(sights: clips.map(judge.look), asked: asked)
  }

  /// Counts what was seen, one sight a clip.
  init(sights: [SceneJudge.Sight], asked: [[String: String]]) {
    var (colour, shape, motion, all) = (Tally(), Tally(), Tally(), Tally())
    for (sight, asked) in zip(sights, asked) {
      let answers = [
        colour.count(asked["colour"], seen: sight.colour?.rawValue),
        shape.count(asked["shape"], seen: sight.shape?.rawValue),
        motion.count(asked["motion"].flatMap(Self.judgeable), seen: sight.motion?.rawValue),
      ].compactMap { $0 }
      if answers.count == 3 { all.count(answers.allSatisfy { $0 }) }
    }
    self.colour = colour.proportion
    self.shape = shape.proportion
    self.motion = motion.proportion
    self.all = all.proportion
  }

  /// A motion that the judge can tell: only the straight ones are.
  private static func judgeable(_ motion: String) -> String? {
    Motion(rawValue: motion).map { $0.direction == nil } == true ? nil : motion
  }
}

/// A count under way.
private struct Tally {
  private var right = 0, judged = 0

  var proportion: Proportion { Proportion(right: right, judged: judged) }

  mutating func count(_ isRight: Bool) {
    judged += 1
    if isRight { right += 1 }
  }

  /// Counts one attribute; nil when none was wanted.
  mutating func count(_ wanted: String?, seen: String?) -> Bool? {
    guard let wanted else { return nil }
    count(wanted == seen)
    return wanted == seen
  }
}
