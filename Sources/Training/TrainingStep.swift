import Clips
import Foundation
import Layers
import Objectives
import Optimizers
import Tensors

/// One step: gradients of a batch, their norm, and the update, which is refused if anything is not finite.
public final class TrainingStep {
  /// What one step gave.
  public struct Result: Sendable {
    /// The mean of the clips' losses.
    public let loss: Double
    /// The norm of the whole gradient before clipping.
    public let gradientNorm: Double
    /// Why the weights were left as they were; nil for a normal step.
    public let refusal: Refusal?
  }

  /// A step whose loss or gradient is infinite or not a number: the weights were not touched.
  public struct Refusal: Sendable, CustomStringConvertible {
    /// The step.
    public let step: Int
    /// The first parameter whose gradient is not finite, if the loss was.
    public let tensor: String?
    /// The clips whose loss is not finite, or all of the batch if each loss is.
    public let clips: [String]

    /// One sentence with step, tensor, clips and what to do.
    public var description: String {
      let what = tensor.map { "the gradient of \($0) is" } ?? "the loss is"
      let shown =
        clips.prefix(8).joined(separator: ", ") + (clips.count > 8 ? " and \(clips.count - 8) more" : "")
      return
        "step \(step): \(what) not finite, so the weights were left as they were; clips: \(shown). Lower optimizer.learningRate or look at these clips if it happens again."
    }
  }

  private let objective: any Objective
  private let optimizer: any Optimizer
  private let gradientClipNorm: Double
  private let averageLaw: AverageLaw?

  /// - Parameters:
  ///   - gradientClipNorm: gradients of a greater norm are scaled down to it; 0 for no limit.
  ///   - averageLaw: how the average of the weights follows them; nil leaves it alone.
  public init(
    _ objective: any Objective, _ optimizer: any Optimizer, gradientClipNorm: Double,
    averageLaw: AverageLaw? = nil
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.gradientClipNorm = gradientClipNorm
    self.averageLaw = averageLaw
  }

  /// Learns from the parts of a batch, one pass each.
  ///
  /// - Parameter parts: equal shares of the batch (one unless gradients are accumulated).
  public func callAsFunction(_ parts: [Examples], at position: Position, rate: Double) -> Result {
    let parameters = objective.parameters
    parameters.zeroGradients()
    var losses: [Double] = []
    for part in parts {
      let place = Position(seed: position.seed, step: position.step, firstSample: losses.count)
      losses += objective.addGradients(part, at: place, share: 1 / Double(parts.count))
    }
    let loss = losses.reduce(0, +) / Double(losses.count)
    let norm = parameters.gradients.sumOfSquares.squareRoot()
    if !loss.isFinite || !norm.isFinite {
      let names = parts.flatMap(\.names)
      let bad = zip(names, losses).filter { !$1.isFinite }.map(\.0)
      let refusal = Refusal(
        step: position.step, tensor: loss.isFinite ? firstNonFinite() : nil, clips: bad.isEmpty ? names : bad)
      return Result(loss: loss, gradientNorm: norm, refusal: refusal)
    }
    let scale = gradientClipNorm > 0 && norm > gradientClipNorm ? gradientClipNorm / norm : 1
    optimizer.update(rate: rate, gradientScale: scale)
    if let averageLaw {
      parameters.updateAverage(keeping: averageLaw.decay(update: optimizer.updates))
    }
    return Result(loss: loss, gradientNorm: norm, refusal: nil)
  }

  /// The first parameter with a gradient that is not finite; all are, each by itself, if only their norm overflows.
  private func firstNonFinite() -> String {
    let parameters = objective.parameters
    let entry = parameters.trainedEntries.first {
      !parameters.gradients.view(at: $0.offset, $0.shape).isFinite
    }
    return entry?.name ?? "all parameters together (its norm overflows)"
  }
}
