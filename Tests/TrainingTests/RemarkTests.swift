import Checkpoints
import Clips
import Evaluation
import Manifests
import Testing
import Video

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

  /// Held-out clips whose label no training clip has: it is said at the first look, and not again.
  @Test func aRunSaysWhatItsEvaluatorsRemarkOnce() throws {
    let folder = try TemporaryFolder()
    let run = try SmallRun(
      in: folder, steps: 3, kind: ClassificationRunTests.kind(), ["training.validateEvery=1"])
    let entries = run.manifest.prefix(3).enumerated().map { place, entry in
      ClipEntry(
        index: place, file: entry.file, name: entry.name, caption: "",
        label: place == 1 ? "sideways" : entry.label)
    }
    let clips = try ClipReader(
      Manifest(path: "held out", entries: entries), shape: run.blueprint.clipShape)
    let witness = Witness()
    try Trainer(
      RunState(run.blueprint), loader: run.loader(from: 0), heldOut: HeldOutClips(clips: clips),
      folder: CheckpointFolder(folder.path + "/run"), observer: witness
    ).run()
    #expect(witness.looks.count == 3)
    #expect(witness.looks.allSatisfy { $0.heldOut[0].predictions?.count == 2 && $0.heldOut[0].loss != nil })
    let remarks = witness.warnings.filter { $0.contains("has no label among the model's classes") }
    #expect(
      remarks.count == 1 && remarks[0].hasPrefix("step 1: 1 of 3 clips has no label"), "\(witness.warnings)")
  }
}
