import Clips
import DataParallel
import Foundation
import Layers
import Objectives
import Optimizers
import Tensors

/// One step: gradients of a batch, their norm, and the update, which is refused if anything is not finite, or if the norm
/// is far above the usual one.
public final class TrainingStep {
  /// What one step gave.
  public struct Result: Sendable {
    /// The mean of the clips' losses.
    public let loss: Double
    /// The norm of the whole gradient before clipping.
    public let gradientNorm: Double
    /// Why the weights were left as they were; nil for a normal step.
    public let refusal: Refusal?
    /// Whether the update gave finite weights and moments.
    public let isFinite: Bool
  }

  /// A step whose weights were not touched.
  public struct Refusal: Sendable, CustomStringConvertible {
    /// What was wrong.
    public enum Cause: Sendable, Equatable {
      /// The loss is infinite or not a number.
      case loss
      /// The gradient of this parameter is.
      case gradient(of: String)
      /// The gradient's norm is far above the usual one.
      case spike(norm: Double, usual: Double)
    }

    /// The step, counted from 1 as in logs.
    public let step: Int
    /// What was wrong.
    public let cause: Cause
    /// The clips whose loss is not finite, or all of the batch if each loss is.
    public let clips: [String]

    /// Step, cause, clips, and what to do.
    public var description: String {
      facts + " Lower optimizer.learningRate or look at these clips if it happens again."
    }

    /// One sentence with step, cause and clips.
    var facts: String {
      let shown =
        clips.prefix(8).joined(separator: ", ") + (clips.count > 8 ? " and \(clips.count - 8) more" : "")
      return "step \(step): \(what), so the weights were left as they were; clips: \(shown)."
    }

    private var what: String {
      switch cause {
      case .loss: "the loss is not finite"
      case .gradient(let name): "the gradient of \(name) is not finite"
      case .spike(let norm, let usual):
        String(format: "the gradient's norm is %.3g where %.3g is usual (optimizer.spikeFactor)", norm, usual)
      }
    }
  }

  private let objective: any Objective
  private let optimizer: any Optimizer
  private let gradientClipNorm: Double
  private let spikeFactor: Double
  private let averageLaw: AverageLaw?
  private let share: StepShare
  private let reduction: GradientReduction
  private let shared: SharedUpdate

  /// - Parameters:
  ///   - optimizer: of the parameters that the share says.
  ///   - gradientClipNorm: gradients of a greater norm are scaled down to it; 0 for no limit.
  ///   - spikeFactor: a norm of more than so many times the usual one is refused; 0 for no limit.
  ///   - averageLaw: how the average of the weights follows them; nil leaves it alone.
  ///   - share: what this process does of each step; all of it, in one pass, if nil.
  ///   - settings: how gradients of several passes are added up.
  public init(
    _ objective: any Objective, _ optimizer: any Optimizer, gradientClipNorm: Double,
    spikeFactor: Double = 0, averageLaw: AverageLaw? = nil, share: StepShare? = nil,
    adding settings: ReductionSettings = ReductionSettings()
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.gradientClipNorm = gradientClipNorm
    self.spikeFactor = spikeFactor
    self.averageLaw = averageLaw
    self.share = share ?? .whole(objective.parameters)
    reduction = self.share.reduction(of: objective.parameters, settings)
    shared = self.share.update(of: objective.parameters)
  }

  /// Learns from this process's units of a batch, one pass each. With other ranks only the passes are its own: gradients are
  /// added up, and from there on all ranks decide alike.
  ///
  /// - Parameters:
  ///   - units: equal shares of the batch (one unless gradients are accumulated).
  ///   - usualNorm: the gradient's norm as it was of late, if that is known.
  public func callAsFunction(
    _ units: [Examples], at position: Position, rate: Double, usualNorm: Double? = nil
  ) -> Result {
    precondition(units.count == share.ownUnits.count, "this process learns from units \(share.ownUnits)")
    let parameters = objective.parameters
    var own: [Double] = []
    let first = share.ownUnits.lowerBound * units[0].count
    reduction.begin()
    for unit in units {
      reduction.beginUnit()
      let place = Position(seed: position.seed, step: position.step, firstSample: first + own.count)
      own += objective.addGradients(unit, at: place, share: 1 / Double(share.units.count))
      reduction.endUnit()
    }
    reduction.finish()
    let losses = share.losses(own)
    let loss = losses.reduce(0, +) / Double(losses.count)
    let norm = shared.gradientNorm()
    if let cause = cause(loss, norm, usualNorm) {
      let names = share.group.gather(units.flatMap(\.names).joined(separator: "\0"))
        .flatMap { $0.split(separator: "\0", omittingEmptySubsequences: false).map(String.init) }
      let bad = zip(names, losses).filter { !$1.isFinite }.map(\.0)
      let refusal = Refusal(step: position.step + 1, cause: cause, clips: bad.isEmpty ? names : bad)
      return Result(loss: loss, gradientNorm: norm, refusal: refusal, isFinite: true)
    }
    let scale = gradientClipNorm > 0 && norm > gradientClipNorm ? gradientClipNorm / norm : 1
    let isFinite = !share.group.any(!optimizer.update(rate: rate, gradientScale: scale))
    shared.gatherValues()
    if let averageLaw {
      parameters.updateAverage(keeping: averageLaw.decay(update: optimizer.updates))
    }
    return Result(loss: loss, gradientNorm: norm, refusal: nil, isFinite: isFinite)
  }

  private func cause(_ loss: Double, _ norm: Double, _ usual: Double?) -> Refusal.Cause? {
    if !loss.isFinite { return .loss }
    if !norm.isFinite { return .gradient(of: firstNonFinite()) }
    if let usual, spikeFactor > 0, norm > spikeFactor * usual { return .spike(norm: norm, usual: usual) }
    return nil
  }

  /// The first parameter with a gradient that is not finite; all are, each by itself, if only their norm overflows.
  private func firstNonFinite() -> String {
    shared.firstNonFiniteGradient()?.name ?? "all parameters together (its norm overflows)"
  }
}
