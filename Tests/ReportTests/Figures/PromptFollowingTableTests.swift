import Testing

@testable import Evaluation
@testable import Report
@testable import SyntheticClips

@Test func theTableOfPromptFollowingSaysAll() {
  let following = PromptFollowing(
    sights: [SceneJudge.Sight(colour: .red, shape: .circle, motion: .up)],
    asked: [["colour": "red", "shape": "circle", "motion": "left"]])
  #expect(
    following.table.description == """
      right      clips  of    share  95 % from       to
      ─────────  ─────  ──  ───────  ─────────  ───────
      colour         1   1  100.0 %     20.7 %  100.0 %
      shape          1   1  100.0 %     20.7 %  100.0 %
      motion         0   1    0.0 %      0.0 %   79.3 %
      all three      0   1    0.0 %      0.0 %   79.3 %
      """)
  #expect(PromptFollowing(sights: [], asked: []).table.rows[0] == ["colour", "0", "0", "–", "–", "–"])
}
