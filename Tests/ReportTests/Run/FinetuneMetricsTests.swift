import Testing

@testable import Report

struct FinetuneMetricsTests {
  @Test func looksTellOfBothKindsOfClipsAndOfTheWeights() {
    let metrics = MadeUpLooks.metrics(MadeUpLooks.usual)
    #expect(metrics.unreadableLines == 0)
    #expect(metrics.validations.map(\.step) == [0, 20, 40, 60])
    #expect(metrics.validations.map(\.mean) == [2, 1.5, 1, 1.25])
    #expect(metrics.validations.map(\.rememberedMean) == [1, 1.05, 1.1, 1.15])
    #expect(metrics.validations[1].remembered == ["time 0.5": 1.05])
    #expect(metrics.validations[1].weightChange.map(\.block) == ["blocks.0", "blocks.1", "head"])
    #expect(metrics.validations[1].weightChange.map(\.relative) == [0.01, 0.02, 0.05])
    #expect(metrics.best?.step == 40)
  }

  @Test func looksWithoutHeldOutClipsTellOfTheWeightsAlone() {
    let metrics = MadeUpLooks.metrics([MadeUpLooks.line(5, weights: ["a": 0.5])])
    #expect(metrics.validations.count == 1 && metrics.conditions.isEmpty && metrics.best == nil)
    #expect(metrics.validations[0].mean.isNaN && metrics.validations[0].rememberedMean.isNaN)
  }

  @Test func linesOfTheFirstVersionAreAsBefore() {
    let metrics = MadeUpLooks.metrics([
      #"{"step":1,"loss":2.5,"gradientNorm":1,"learningRate":0.1}"#,
      #"{"heldOut":{"time 0.1":3,"time 0.9":1},"heldOutLoss":2,"step":1}"#,
    ])
    #expect(metrics.steps.count == 1 && metrics.validations.count == 1 && metrics.unreadableLines == 0)
    #expect(metrics.validations[0].remembered.isEmpty && metrics.validations[0].weightChange.isEmpty)
    #expect(metrics.changes.isEmpty)
  }

  @Test func changesAreToldByStep() {
    let metrics = MadeUpLooks.metrics([
      #"{"step":10,"changed":["optimizer.learningRate: 0.001 (was 0.002)"]}"#,
      #"{"step":20,"changed":[]}"#, #"{"step":30,"changed":["a: 1 (was 2)","b: 3 (was 4)"]}"#,
      #"{"step":30,"changed":["a: 5 (was 2)"]}"#,
    ])
    // What was changed twice at one step was changed once, the second time.
    #expect(
      metrics.changes == [
        .init(step: 10, keys: ["optimizer.learningRate: 0.001 (was 0.002)"]),
        .init(step: 30, keys: ["a: 5 (was 2)"]),
      ])
  }

  @Test func tornAndForeignLinesAreCountedAndLeftOut() {
    let metrics = MadeUpLooks.metrics([
      MadeUpLooks.usual[0], #"{"step":1,"weightChange":{"a":0."#, #"{"step":1,"weightChange":[1,2]}"#,
      #"{"step":1,"remembered":7}"#, #"{"step":1,"changed":"a"}"#,
      #"{"step":1,"heldOut: nearest":{"a":1}}"#,
      #"{"step":20,"heldOut":{"a":null},"weightChange":{"a":null,"b":0.1}}"#,
    ])
    #expect(metrics.unreadableLines == 4)
    #expect(metrics.validations.map(\.step) == [0, 20])
    #expect(metrics.validations[1].losses.isEmpty)
    #expect(metrics.validations[1].weightChange == [BlockChange(block: "b", relative: 0.1)])
  }

  @Test func blocksAreOrderedByTheirNumbers() {
    let names = [
      "transformer.blocks.10", "transformer.blocks.2", "transformer.proj_out", "text_encoder.block.0",
      "transformer.blocks.0", "head",
    ]
    let ordered = BlockChange.ordered(Dictionary(uniqueKeysWithValues: names.map { ($0, 0.1) }))
    #expect(
      ordered.map(\.block) == [
        "head", "text_encoder.block.0", "transformer.blocks.0", "transformer.blocks.2",
        "transformer.blocks.10", "transformer.proj_out",
      ])
    #expect(BlockChange.ordered(["a": .nan, "b": .infinity, "c": 1]).map(\.block) == ["c"])
  }
}
