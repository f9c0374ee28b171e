import Foundation
import Tensors
import Testing

@testable import Training

private typealias Times = StepForecast.Times

/// The times of a machine on which everything is exactly affine.
private func times(_ trial: StepForecast.Trial) -> Times {
  let (d, e) = (Double(trial.depth), Double(trial.textDepth))
  return Times(pass: 0.5 + 0.25 * d + 0.125 * e, update: 0.03125 + 0.0625 * d + 0.015625 * e)
}

@Test(arguments: [(12, 1, 1), (12, 6, 1), (1, 0, 4), (7, 24, 3)])
func aForecastOfAnAffineMachineIsExact(depth: Int, textDepth: Int, accumulate: Int) {
  let run = StepForecast.Trial(depth: depth, textDepth: textDepth)
  for (blocks, textBlocks) in [(1, 1), (3, 2)] {
    let forecast = StepForecast(run, accumulate: accumulate, blocks: blocks, textBlocks: textBlocks)
    let whole = times(run)
    #expect(
      abs(
        forecast.seconds(forecast.trials.map(times))
          - (Double(accumulate) * whole.pass + whole.update)) < 1e-12)
  }
}

@Test func whatWasTimedWithFewerClipsGrowsByPartsAndTheUpdateDoesNot() {
  let forecast = StepForecast(.init(depth: 10, textDepth: 3), accumulate: 2, blocks: 2, textBlocks: 1)
  #expect(forecast.trials.map(\.depth) == [0, 2, 0])
  #expect(forecast.trials.map(\.textDepth) == [1, 1, 2])
  let measured = [
    Times(pass: 1, update: 0.5), Times(pass: 5, update: 0.75), Times(pass: 1.5, update: 0.625),
  ]
  // 1 · 4 + 10 blocks of 2 · 8 + 2 text blocks of 0.5 · 2, twice; and 0.5 + 10 · 0.125 + 2 · 0.125 once.
  #expect(forecast.seconds(measured, growth: [4, 8, 2]) == 2 * (4 + 160 + 2) + 2)
}

@Test func theModelsThatAreTimedAreTheRunsWithFewerBlocks() throws {
  let folder = try TemporaryFolder()
  let blueprint = try SmallRun(in: folder, "model.depth=9", "textEncoder.depth=3").blueprint
  let peak = RunPlan(blueprint).peakBytes
  let choice = TrialChoice(blueprint, ["a"], mostBytes: peak, mostOperations: 1e15)
  #expect(choice.forecast.deep == .init(depth: 4, textDepth: 1))
  #expect(choice.forecast.text == .init(depth: 0, textDepth: 3))
  #expect(choice.shape == TrialShape(clips: 3, frames: 4))
  #expect(choice.growth == [1, 1, 1])
  func names(_ depth: Int, _ textDepth: Int) -> Set<String> {
    Set(blueprint.makeModel(depth: depth, textDepth: textDepth).parameters.entries.map(\.name))
  }
  let whole = Set(blueprint.makeModel().parameters.entries.map(\.name))
  #expect(names(9, 3) == whole)
  let missing = whole.subtracting(names(4, 1))
  #expect(
    missing
      == whole.filter { name in
        (4..<9).contains { name.hasPrefix("transformer.blocks.\($0).") }
          || (1..<3).contains { name.hasPrefix("text_encoder.encoder.block.\($0).") }
      })
}

@Test func aStepThatTakesTooLongIsTimedWithFewerClipsAndThenFewerFrames() throws {
  let folder = try TemporaryFolder()
  let blueprint = try SmallRun(in: folder, "model.depth=9", "training.batch=8").blueprint
  let peak = RunPlan(blueprint).peakBytes
  let operations = Plan.rehearse {
    for depth in [0, 1] {
      let step = TrialStep(
        blueprint, .init(depth: depth, textDepth: 1), TrialShape(clips: 1, frames: 4), ["a"])
      _ = step.run()
    }
  }.productOperations
  let one = TrialChoice(blueprint, ["a"], mostBytes: peak, mostOperations: 3.01 * Double(operations))
  #expect(one.shape == TrialShape(clips: 1, frames: 4))
  #expect(one.forecast.deep.depth == 1)
  // Products of everything but captions and times grow with the clips.
  #expect(one.growth[1] > 6 && one.growth[1] <= 8)
  let fewer = TrialChoice(blueprint, ["a"], mostBytes: peak, mostOperations: 1)
  #expect(fewer.shape == TrialShape(clips: 1, frames: 2))
}

@Test func calibrationHoldsLessThanTheRun() async {
  await #expect(processExitsWith: .success) {
    let folder = try TemporaryFolder()
    let blueprint = try SmallRun(in: folder, "model.depth=8", "training.batch=8").blueprint
    let plan = RunPlan(blueprint)
    let before = Memory.statistics.liveBytes
    let calibration = StepCalibration(blueprint, runPeakBytes: plan.peakBytes, seconds: 0.1)
    #expect(calibration.rounds >= 1 && calibration.secondsPerStep > 0)
    #expect(calibration.secondsLow <= calibration.secondsPerStep)
    #expect(calibration.secondsPerStep <= calibration.secondsHigh)
    #expect(calibration.blocks == 4)
    #expect(calibration.peakBytes > 0 && calibration.peakBytes < plan.peakBytes)
    #expect(Memory.statistics.liveBytes == before)
    #expect(Memory.statistics.systemBytes == before)  // the run that is planned finds the memory free
  }
}
