import ArgumentParser

/// Measures each kernel against its roof.
struct KernelsCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Measure each kernel of the transformer against the roof that binds it.",
    discussion:
      "Products and attention are compared with a loop of multiply-adds in registers, all else with a loop that only reads and writes as many bytes as the kernel must at least, in as much memory. Both are measured in turn."
  )

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 15

  func report(rounds: Int) -> KernelsReport { .kernels(options.model, rounds: rounds) }
}

/// Measures what a step does with all parameters.
struct OptimizerCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimizer",
    abstract: "Measure the update: the gradient's norm, AdamW, the average, zeroing.",
    discussion: "Each is compared with a loop that only reads and writes as many bytes.")

  @OptionGroup var options: ModelOptions
  @OptionGroup var measure: MeasureOptions

  static let rounds = 15

  func report(rounds: Int) -> KernelsReport { .optimizer(options.model, rounds: rounds) }
}

extension KernelsReport {
  static func kernels(_ model: BenchModel, rounds: Int) -> KernelsReport {
    KernelsReport(
      "Kernels: \(model.words)", Kernels.products(model) + Kernels.rows(model), model, rounds: rounds)
  }

  static func optimizer(_ model: BenchModel, rounds: Int) -> KernelsReport {
    KernelsReport("Optimizer: \(model.words)", Kernels.update(model), model, rounds: rounds)
  }
}
