import ArgumentParser
import Commands
import Foundation
import Tensors

/// Measures everything but decoding.
struct AllCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "all",
    abstract: "Measure steps, roofs, kernels, growth, sampling, optimizer and checkpoints: a few minutes.",
    discussion: "All is measured at the yardstick's sizes; the other commands measure other sizes.")

  @Option(help: "Threads that compute (default: all cores).") var threads: Int?
  @Option(help: "Write the sweep's table and plots (SVG) into this folder.") var output: String?
  @Flag(help: "Print one JSON object.") var json = false

  /// Everything, by the names of the commands.
  struct Figures: Encodable {
    let machine: Machine
    let step: StepBenchReport, stepRecomputed: StepBenchReport, stepSmall: StepBenchReport
    let roof: RoofReport
    let kernels: KernelsReport, optimizer: KernelsReport
    let sampling: SamplingReport
    let checkpoint: CheckpointReport
    let sweep: SweepReport
    let residentBytes: Int
  }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      let model = BenchModel.yardstick
      var recomputed = model
      recomputed.recompute = true
      let machine = Machine()
      if !json { print("\(machine.description)\n") }
      let figures = Figures(
        machine: machine, step: try shown(StepBenchReport(model, rounds: StepCommand.rounds)),
        stepRecomputed: try shown(StepBenchReport(recomputed, rounds: 3)),
        stepSmall: try shown(StepBenchReport(BenchModel.Named.small.model, rounds: 3)),
        roof: try shown(RoofReport(model, rounds: 5)),
        kernels: try shown(.kernels(model, rounds: KernelsCommand.rounds)),
        optimizer: try shown(.optimizer(model, rounds: OptimizerCommand.rounds)),
        sampling: try shown(SamplingReport(model, rounds: 2)),
        checkpoint: try shown(CheckpointReport(model, rounds: 3)),
        sweep: try shown(SweepReport(SweepAxis.allCases, rounds: 2)),
        residentBytes: ProcessMemory.residentPeakOfAll)
      if let output { try SweepFiles(figures.sweep).write(to: output) }
      if json { return try printJSON(figures) }
      print("Peak memory of all this: \(inWords(bytes: figures.residentBytes)) resident")
    }
  }

  /// Prints each report as soon as it is there, unless all are to be one object.
  private func shown<Report: BenchReport>(_ report: Report) throws -> Report {
    if !json {
      try report.print(json: false)
      fflush(nil)  // a pipe would otherwise see it late
    }
    return report
  }
}
