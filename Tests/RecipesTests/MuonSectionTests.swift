import Layers
import Optimizers
import Testing

@testable import Recipes

@Suite struct MuonSectionTests {
  private func recipe(_ overrides: String...) throws -> Recipe {
    try Recipe.parse(smallest, name: "r.json", overrides: overrides)
  }

  @Test func adamWIsTheDefaultAndMuonHasItsOwn() throws {
    let optimizer = try recipe().optimizer
    #expect(optimizer.kind == .adamW)
    #expect(optimizer.muon.learningRate == 0.005 && optimizer.muon.momentum == 0.95)
    #expect(optimizer.muon.exclude.isEmpty)
    let muon = try recipe(
      "optimizer.kind=muon", "optimizer.muon.exclude=[\"*.attn1\"]", "optimizer.muon.momentum=0.9"
    ).optimizer
    #expect(muon.kind == .muon && muon.muon.momentum == 0.9)
    #expect(muon.muon.exclude == [NamePattern("*.attn1")])
  }

  @Test(arguments: [
    (
      "optimizer.kind=moun",
      "optimizer.kind: must be \"adamW\" or \"muon\", but is the string \"moun\"; did you mean \"muon\"?"
    ),
    (
      "optimizer.muon.learningRate=0",
      "optimizer.muon.learningRate: must be a number above 0 and below 1, but is 0"
    ),
    (
      "optimizer.muon.momentum=1",
      "optimizer.muon.momentum: must be a number at least 0 and below 1, but is 1"
    ),
    (
      "optimizer.muon.momentun=0.9",
      "unknown key optimizer.muon.momentun, did you mean optimizer.muon.momentum?"
    ),
  ])
  func refuses(setting: String, complaint: String) {
    #expect(complaints(smallest, setting) == ["--set \(setting): \(complaint)"])
  }

  /// Where all is trained matrices go on under Muon, at a quarter of their rate too; adapters are AdamW's.
  @Test func fineTuningGoesOnUnderMuon() throws {
    let base = try recipe(
      "optimizer.kind=muon", "optimizer.muon.learningRate=0.02", "optimizer.muon.momentum=0.9")
    func tuned(_ method: StartSection.Method) throws -> OptimizerSection {
      let settings = FinetuneSettings(
        from: "run", method: method, data: "new", clips: 320, validation: nil, remember: nil, captions: [])
      return try Recipe.parse(base.finetuning(settings), name: "tuned").optimizer
    }
    let full = try tuned(.full)
    #expect(full.kind == .muon && full.muon.learningRate == 0.005 && full.muon.momentum == 0.9)
    #expect(try tuned(.lora).kind == .adamW)
    #expect(try tuned(.lora).learningRate == base.optimizer.learningRate)
  }
}
