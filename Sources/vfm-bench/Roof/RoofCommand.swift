import ArgumentParser

/// Measures what a step is compared with.
struct RoofCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "roof",
    abstract: "Measure bare matrix products of a model's shapes, ours beside them, and memory.",
    discussion:
      "A shape is that of a product of a training step: the output, the gradient of the input or of the weight of a linear layer. Memory is read and written by all threads; a copy counts both."
  )

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 9

  func report(rounds: Int) -> RoofReport { RoofReport(options.model, rounds: rounds) }
}
