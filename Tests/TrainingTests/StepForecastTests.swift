import Foundation
import Tasks
import Tensors
import Testing

@testable import Training

private typealias Times = StepForecast.Times

/// The times of a machine on which everything is exactly affine.
private func times(_ depths: StepForecast.Depths) -> Times {
  let (d, e) = (Double(depths["blocks"]!), Double(depths["text"]!))
  return Times(pass: 0.5 + 0.25 * d + 0.125 * e, update: 0.03125 + 0.0625 * d + 0.015625 * e)
}

@Test(arguments: [(12, 1, 1), (12, 6, 1), (1, 0, 4), (7, 24, 3)])
func aForecastOfAnAffineMachineIsExact(depth: Int, textDepth: Int, passes: Int) {
  let stacks = [Stack("blocks", depth: depth), Stack("text", depth: textDepth, least: min(textDepth, 1))]
  for (blocks, textBlocks) in [(1, 1), (3, 2)] {
    let forecast = StepForecast(stacks, passes: passes, blocks: ["blocks": blocks, "text": textBlocks])
    let whole = times(["blocks": depth, "text": textDepth])
    #expect(
      abs(forecast.seconds(forecast.trials.map(times)) - (Double(passes) * whole.pass + whole.update)) < 1e-12
    )
  }
}

@Test func whatWasTimedWithFewerClipsGrowsByPartsAndTheUpdateDoesNot() {
  let stacks = [Stack("blocks", depth: 10), Stack("text", depth: 3, least: 1)]
  let forecast = StepForecast(stacks, passes: 2, blocks: ["blocks": 2, "text": 1])
  #expect(forecast.trials.map { $0["blocks"] } == [0, 2, 0])
  #expect(forecast.trials.map { $0["text"] } == [1, 1, 2])
  let measured = [
    Times(pass: 1, update: 0.5), Times(pass: 5, update: 0.75), Times(pass: 1.5, update: 0.625),
  ]
  // 1 · 4 + 10 blocks of 2 · 8 + 2 text blocks of 0.5 · 2, twice; and 0.5 + 10 · 0.125 + 2 · 0.125 once.
  #expect(forecast.seconds(measured, growth: [4, 8, 2]) == 2 * (4 + 160 + 2) + 2)
}

private let (blocks, text) = ("transformer.blocks", "text_encoder.encoder.block")

@Test func theModelsThatAreTimedAreTheRunsWithFewerBlocks() throws {
  let folder = try TemporaryFolder()
  let blueprint = try SmallRun(in: folder, "model.depth=9", "textEncoder.depth=3").blueprint
  let peak = try RunPlan(blueprint).peakBytes
  let choice = try TrialChoice(
    blueprint, blueprint.recipe.batchShapes[0], ["a"], passes: 2, mostBytes: peak, mostOperations: 1e15)
  #expect(choice.forecast.trials == [[blocks: 0, text: 1], [blocks: 4, text: 1], [blocks: 0, text: 2]])
  #expect(choice.shape == TrialShape(clips: 3, blueprint.clipShape))
  #expect(choice.growth == [1, 1, 1])
  func names(_ depth: Int, _ textDepth: Int) throws -> Set<String> {
    Set(try blueprint.makeSubject(depths: [blocks: depth, text: textDepth]).parameters.entries.map(\.name))
  }
  let whole = Set(try blueprint.makeSubject().parameters.entries.map(\.name))
  #expect(try names(9, 3) == whole)
  let missing = whole.subtracting(try names(4, 1))
  #expect(
    missing
      == whole.filter { name in
        (4..<9).contains { name.hasPrefix("transformer.blocks.\($0).") }
          || (1..<3).contains { name.hasPrefix("text_encoder.encoder.block.\($0).") }
      })
}

@Test func aStepThatTakesTooLongIsTimedWithFewerClipsAndThenFewerFrames() throws {
  let folder = try TemporaryFolder()
  let blueprint = try SmallRun(in: folder, "model.depth=9", "training.batchSize=8").blueprint
  let peak = try RunPlan(blueprint).peakBytes
  let operations = try Plan.rehearse {
    for depth in [0, 1] {
      let step = try TrialStep(
        blueprint, [blocks: depth, text: 1], TrialShape(clips: 1, blueprint.clipShape), ["a"])
      _ = step.run()
    }
  }.productOperations
  let one = try TrialChoice(
    blueprint, blueprint.recipe.batchShapes[0], ["a"], passes: 2, mostBytes: peak,
    mostOperations: 3.01 * Double(operations))
  #expect(one.shape == TrialShape(clips: 1, blueprint.clipShape))
  #expect(one.forecast.mostBlocks == 1)
  // Products of everything but captions and times grow with the clips.
  #expect(one.growth[1] > 6 && one.growth[1] <= 8)
  let fewer = try TrialChoice(
    blueprint, blueprint.recipe.batchShapes[0], ["a"], passes: 2, mostBytes: peak, mostOperations: 1)
  #expect(fewer.shape.clips == 1 && fewer.shape.frames == 2)
}

@Test func calibrationHoldsLessThanTheRun() async {
  await #expect(processExitsWith: .success) {
    let folder = try TemporaryFolder()
    let blueprint = try SmallRun(in: folder, "model.depth=8", "training.batchSize=8").blueprint
    let plan = try RunPlan(blueprint)
    let before = Memory.statistics.liveBytes
    let calibration = try StepCalibration(blueprint, runPeakBytes: plan.peakBytes, seconds: 0.1)
    #expect(calibration.rounds >= 1 && calibration.secondsPerStep > 0)
    #expect(calibration.secondsLow <= calibration.secondsPerStep)
    #expect(calibration.secondsPerStep <= calibration.secondsHigh)
    #expect(calibration.blocks == 4)
    #expect(calibration.peakBytes > 0 && calibration.peakBytes < plan.peakBytes)
    #expect(Memory.statistics.liveBytes == before)
    #expect(Memory.statistics.systemBytes == before)  // the run that is planned finds the memory free
  }
}
