import Manifests
import Testing
import Video

@testable import Evaluation

struct CaptionChoiceTests {
  private func clips(_ count: Int, judged: (Int) -> Bool = { _ in false }) -> [ClipEntry] {
    (0..<count).map { index in
      ClipEntry(
        index: index, file: ClipFile(path: "\(index).mp4"), name: "\(index).mp4", caption: "clip \(index)",
        attributes: judged(index)
          ? ["colour": "red", "shape": "circle", "motion": "left"] : ["shape": "circle"])
    }
  }

  @Test func theFirstThatCanBeJudgedAreTaken() {
    let choice = CaptionChoice(of: clips(200) { $0 % 2 == 1 })
    #expect(choice.isJudged && choice.places == (0..<64).map { 2 * $0 + 1 })
    #expect(CaptionChoice(of: clips(9) { $0 > 5 }, limit: 2).places == [6, 7])
    #expect(CaptionChoice(of: clips(9) { $0 > 5 }, limit: 20).places == [6, 7, 8])
  }

  @Test func othersComeFromAllOverTheList() {
    let choice = CaptionChoice(of: clips(80))
    #expect(!choice.isJudged && choice.places == [0, 10, 20, 30, 40, 50, 60, 70])
    #expect(CaptionChoice(of: clips(3)).places == [0, 1, 2])
    #expect(CaptionChoice(of: clips(5), limit: 2).places == [0, 2])
  }

  @Test(arguments: [
    ["ground": "stripes"], ["ground": "gradient"], ["camera": "pan left"], ["shape2": "star"],
  ])
  func whatTheJudgeCannotTellIsLeftOut(more: [String: String]) {
    let seen = ["shape": "circle", "motion": "left", "ground": "gray", "camera": "still"]
    let clips = [seen.merging(more) { $1 }, seen].enumerated().map {
      ClipEntry(
        index: $0, file: ClipFile(path: "\($0).mp4"), name: "\($0).mp4", caption: "clip", attributes: $1)
    }
    let choice = CaptionChoice(of: clips)
    #expect(choice.isJudged && choice.places == [1])
    #expect(!CaptionChoice(of: [clips[0]]).isJudged)
  }
}
