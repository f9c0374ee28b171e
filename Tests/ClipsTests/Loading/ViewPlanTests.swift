import Manifests
import Testing
import Video

@testable import Clips

struct ViewPlanTests {
  private let shape = ClipShape(frames: 8, height: 32, width: 32, frameRate: 8)

  private func room(
    seconds: Double, width: Int = 32, height: Int = 32, start: Double? = nil, end: Double? = nil
  ) throws -> WindowRoom {
    try WindowRoom(
      of: ClipEntry(
        index: 0, file: ClipFile(path: "/clip.mp4"), name: "clip.mp4", caption: "", start: start, end: end),
      ClipFacts(seconds: seconds, width: width, height: height), shape: shape)
  }

  @Test func textNamesTimesAndCrops() {
    #expect(ViewPlan("5x3") == ViewPlan(offsets: 5, crops: 3) && ViewPlan("1×1") == .middle)
    #expect(ViewPlan(offsets: 2, crops: 10).words == "2x10")
    for text in ["", "5", "5x", "x3", "0x3", "5x0", "-1x3", "5x3x1", "5xx3", "101x1", "a x b", "5*3"] {
      #expect(ViewPlan(text) == nil, "\(text)")
    }
  }

  @Test func startsAreSpreadEvenlyAndTheLastWindowEndsWithTheClip() throws {
    let five = ViewPlan(offsets: 5, crops: 1)
    #expect(five.views(in: try room(seconds: 5)).starts == [0, 1, 2, 3, 4])
    #expect(five.views(in: try room(seconds: 9, start: 2, end: 4)).starts == [2, 2.25, 2.5, 2.75, 3])
    #expect(ViewPlan(offsets: 2, crops: 1).views(in: try room(seconds: 4)).starts == [0, 3])
  }

  @Test func oneAloneIsTheMiddle() throws {
    let views = ViewPlan.middle.views(in: try room(seconds: 5, width: 64))
    #expect(views.starts == [2] && views.crops.map(\.x) == [0.5] && views.crops.map(\.y) == [0.5])
    #expect(ViewPlan.middle.views(in: try room(seconds: 6, start: 3)).starts == [4])
  }

  @Test func cropsLieAlongTheLongerSide() throws {
    let three = ViewPlan(offsets: 1, crops: 3)
    let wide = three.views(in: try room(seconds: 1, width: 64)).crops
    #expect(wide.map(\.x) == [0, 0.5, 1] && wide.map(\.y) == [0.5, 0.5, 0.5])
    let high = three.views(in: try room(seconds: 1, height: 48)).crops
    #expect(high.map(\.y) == [0, 0.5, 1] && high.map(\.x) == [0.5, 0.5, 0.5])
  }

  @Test func viewsThatWouldBeTheSameAreOne() throws {
    let views = ViewPlan(offsets: 5, crops: 3).views(in: try room(seconds: 1))
    #expect(views.starts == [0] && views.crops.count == 1)
    // A clip that is too short holds its last frame, from its start on.
    #expect(ViewPlan(offsets: 5, crops: 3).views(in: try room(seconds: 0.7)).starts == [0])
  }
}
