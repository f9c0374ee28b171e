import Commands
import DataParallel
import Ranks
import Recipes

extension RankedRun {
  /// Throws unless the recipe has something for each rank to do.
  static func requireUnits(_ recipe: Recipe, _ group: RankGroup) throws {
    let units = recipe.training.gradientAccumulation
    guard group.count <= units else {
      throw Failure(
        .unfitInput,
        "\(group.count) ranks share out the batches of a step, but training.gradientAccumulation is \(units): start at most "
          + "\(units == 1 ? "1 rank" : "\(units) ranks"), or give the same clips a step in more batches, as in "
          + "--set training.gradientAccumulation=\(group.count) with a smaller training.batchSize.")
    }
    let efficiency = StepUnits(units, ranks: group.count).efficiency
    if efficiency < 1 {
      let fitting = StepUnits(units, ranks: 1).fitting.map(String.init).joined(separator: ", ")
      standardError(
        "note: \(group.count) ranks do not divide the \(units) batches of a step (training.gradientAccumulation), so some wait: "
          + "\(inWords(share: 1 - efficiency)) of the time of all; \(fitting) ranks do\n")
    }
  }
}
