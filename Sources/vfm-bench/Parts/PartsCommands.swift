import ArgumentParser

/// Measures sampling.
struct SamplingCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "sampling",
    abstract: "Time the sampling of clips, with guidance.",
    discussion:
      "A text encoder of two blocks stands before the transformer; it runs once for all solver steps.")

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 3

  func report(rounds: Int) -> SamplingReport { SamplingReport(options.model, rounds: rounds) }
}

/// Measures saving and loading.
struct CheckpointCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Time the saving and loading of a checkpoint, in the temporary folder (TMPDIR).")

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 5

  func report(rounds: Int) throws -> CheckpointReport {
    try CheckpointReport(options.model, rounds: rounds)
  }
}
