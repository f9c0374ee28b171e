import ArgumentParser

/// Times one training step of a Wan-layout transformer against bare matrix products.
struct StepCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Time a training step of a Wan-layout transformer: forward, backward, clipping, AdamW.",
    discussion:
      "In turn with the steps, OpenBLAS (or oneDNN, with --precision bfloat16) computes the step's own linear products and nothing else, each tile on one thread, all threads at once, in the tiling that suits it best: that is the roof. Its rate is the operations of all of them over their time, each shape counted as often as it occurs in a step. The step's rate is all operations of its products, attention's included, over the whole time. The step computes its linear products by the same library, in tiles that follow from the shapes alone. What no product can pass is measured beside both: multiply-adds in registers."
  )

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 5

  func report(rounds: Int) -> StepBenchReport { StepBenchReport(options.model, rounds: rounds) }
}
