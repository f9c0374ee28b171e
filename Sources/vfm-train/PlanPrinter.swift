import Commands
import Foundation
import Training

/// Prints what a run will cost.
struct PlanPrinter {
  let plan: RunPlan
  private let parameters: String

  init(_ blueprint: Blueprint) {
    plan = RunPlan(blueprint)
    parameters = blueprint.recipe.training.inWords(parameters: plan.parameters, frozen: plan.frozenParameters)
  }

  /// The share of bare products' speed that whole steps reach, as measured for middle-sized models
  /// (docs/performance.md).
  static let shareOfProducts = 0.6

  func print(json: Bool) throws {
    let secondsPerStep = Double(plan.operationsPerStep) / (RunPlan.productRate() * Self.shareOfProducts)
    if json {
      var object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(plan)) as! [String: Any]
      object["secondsPerStep"] = secondsPerStep
      object["expectedSeconds"] = secondsPerStep * Double(plan.steps)
      let data = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
      return Swift.print(String(decoding: data, as: UTF8.self))
    }
    Swift.print(
      """
      parameters          \(parameters)
      tokens a clip       \(plan.tokensPerClip), and \(plan.tokensPerCaption) of text
      clips a step        \(plan.clipsPerStep)
      operations a step   \(String(format: "%.2f", Double(plan.operationsPerStep) / 1e9)) GFLOP in matrix products
      peak memory         \(plan.peakBytes) bytes (\(inWords(bytes: plan.peakBytes))) of tensors in a step
      checkpoint          \(plan.checkpointBytes) bytes (\(inWords(bytes: plan.checkpointBytes))) of tensors, held once more in memory while it is saved
      expected time       \(inWords(seconds: secondsPerStep * Double(plan.steps))) for \(plan.steps) steps of about \(String(format: "%.3f", secondsPerStep)) s, if clips come fast enough
      """)
  }
}
