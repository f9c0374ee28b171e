import Foundation
import Layers
import Tensors

/// Adam with decoupled weight decay, and the exponential average of the weights, in one pass over the flat buffers.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     w ← w − rate · (m̂ / (√v̂ + ε) + decay · w),   average ← average + (1 − a) · (w − average)
///
/// m̂ = m / (1 − β₁ⁿ) and v̂ = v / (1 − β₂ⁿ) at the n-th update. Loshchilov and Hutter, "Decoupled weight decay
/// regularization", 2019. Decay is only for parameters that say so: matrices, not norms, biases and tables.
public final class AdamW {
  /// The constants of the update.
  public struct Constants: Sendable {
    /// β₁, β₂ and ε.
    public let beta1: Double, beta2: Double, epsilon: Double
    /// Decoupled weight decay, times the rate a step.
    public let weightDecay: Double
    /// The average's decay a, approached from below: at update n it is at most 1 − (1 + n)^(−2/3).
    public let averageDecay: Double

    /// Constants of an update.
    public init(beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, averageDecay: Double) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.averageDecay = averageDecay
    }
  }

  /// The moments m and v and the average of the weights, flat like the trained parameters; with a decay of 0 the average is the
  /// weights themselves and takes no memory.
  public let firstMoment: Tensor, secondMoment: Tensor, average: Tensor
  /// How many updates were made.
  public var updates = 0
  private let constants: Constants
  private let parameters: ParameterStore
  private let runs: [Run]

  /// A stretch of the buffers that one tile updates.
  private struct Run {
    let start: Int, count: Int, decays: Bool
  }

  /// State for the parameters as they are: moments of zero, and the average equal to the values.
  public init(_ parameters: ParameterStore, _ constants: Constants) {
    self.parameters = parameters
    self.constants = constants
    firstMoment = Tensor.zeros([parameters.bufferCount])
    secondMoment = Tensor.zeros([parameters.bufferCount])
    average = constants.averageDecay > 0 ? parameters.values.copied() : parameters.values
    runs = parameters.trainedEntries.flatMap { entry in
      stride(from: 0, to: entry.count, by: 16_384).map {
        Run(start: entry.offset + $0, count: min(16_384, entry.count - $0), decays: entry.decays)
      }
    }
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - rate: the learning rate.
  ///   - gradientScale: what the gradients are multiplied by first (clipping by norm).
  public func update(rate: Double, gradientScale: Double) {
    updates += 1
    let n = Double(updates)
    let (b1, b2) = (Float(constants.beta1), Float(constants.beta2))
    let (new1, new2) = (Float(1 - constants.beta1), Float(1 - constants.beta2))
    let firstScale = Float(rate / (1 - pow(constants.beta1, n)))
    let rootScale = Float(1 / (1 - pow(constants.beta2, n)).squareRoot())
    let follow = Float(1 - min(constants.averageDecay, 1 - pow(1 + n, -2 / 3)))
    let epsilon = Float(constants.epsilon)
    let averages = constants.averageDecay > 0
    let (scale, shrink) = (Float(gradientScale), Float(rate * constants.weightDecay))
    let (values, gradients) = (parameters.values, parameters.gradients)
    parallel(over: runs.count, tile: 1) { range in
      for run in runs[range] {
        let (w, g) = (values.pointer + run.start, gradients.pointer + run.start)
        let (m, v) = (firstMoment.pointer + run.start, secondMoment.pointer + run.start)
        let a = average.pointer + run.start
        let keep = 1 - (run.decays ? shrink : 0)
        sweep(run.count) { i, c in
          let gradient = load(g, i, c) * scale
          let first = load(m, i, c) * b1 + gradient * new1
          let second = load(v, i, c) * b2 + gradient * gradient * new2
          let root = second.squareRoot() * rootScale + epsilon
          let weight = load(w, i, c) * keep - first * firstScale / root
          store(first, m, i, c)
          store(second, v, i, c)
          store(weight, w, i, c)
          if averages {
            let mean = load(a, i, c)
            store(mean + (weight - mean) * follow, a, i, c)
          }
        }
      }
    }
  }
}
