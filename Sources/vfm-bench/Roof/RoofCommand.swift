import ArgumentParser

/// Measures what a step is compared with.
struct RoofCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "roof",
    abstract: "Measure products of a model's shapes against bare products and multiply-adds, and memory.",
    discussion:
      "A shape is that of a product of a training step: the output, the gradient of the input or of the weight of a linear layer. The program's products are OpenBLAS's, or with --precision bfloat16 oneDNN's, in tiles that follow from the shape alone; bare products are the same library's in the tiling that is fastest of a few. The peak is a loop of multiply-adds of that precision in registers. Memory is read and written by all threads; a copy counts both."
  )

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 9

  func report(rounds: Int) -> RoofReport { RoofReport(options.model, rounds: rounds) }
}
