import Evaluation
import Testing

@testable import Training

struct RemarkTests {
  @Test func remarksOfBothKindsOfClipsAreToldApart() {
    func evaluation(_ remarks: String...) -> Evaluation {
      Evaluation(title: "features", condition: "figure", figures: [], loss: nil, remarks: remarks)
    }
    let report = HeldOutReport(
      step: 3, heldOut: [evaluation("the features have collapsed"), evaluation()],
      remembered: [evaluation("2 of 6 clips have no label")], heldOutList: nil, rememberedList: nil,
      trainedOn: 0, caution: nil)
    #expect(
      report.remarks == ["the features have collapsed", "on the base's clips 2 of 6 clips have no label"])
  }
}
