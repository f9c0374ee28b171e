import ArgumentParser

/// Measures how the cost of a step grows.
struct SweepCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Measure steps over tokens, width, batch and threads, and plot them.",
    discussion:
      "All vary a model of two blocks of width 384 and one clip of 1024 tokens. KB a token is the peak of memory less 16 bytes a parameter, by all tokens of the step: where it stays the same, memory is linear in the tokens."
  )

  @Option(parsing: .upToNextOption, help: "What to vary: tokens, width, batch, threads.")
  var over = SweepAxis.allCases
  @Option(help: "Write sweep.md and plots (SVG) into this folder.") var output: String?
  @OptionGroup var measure: MeasureOptions

  static let rounds = 3

  func report(rounds: Int) throws -> SweepReport {
    let report = SweepReport(over, rounds: rounds)
    if let output { try SweepFiles(report).write(to: output) }
    return report
  }
}

extension SweepAxis: ExpressibleByArgument {}
