import Foundation
import Layers
import Synchronization
import Tensors

/// Adam with decoupled weight decay, in one pass over the flat buffers.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     w ← w − rate · (m̂ / (√v̂ + ε) + decay · w)
///
/// If it is cautious, only those numbers of m̂ / (√v̂ + ε) count that agree with the gradient (`CautiousMask`).
/// m̂ = m / (1 − β₁ⁿ) and v̂ = v / (1 − β₂ⁿ) at the n-th update; the rate is times the parameter's own factor. Loshchilov and
/// Hutter, "Decoupled weight decay regularization", 2019. Decay is only for parameters that say so: matrices, not norms,
/// biases and tables.
public final class AdamW: Optimizer {
  /// The constants of the update.
  public struct Constants: Sendable, Equatable {
    /// β₁, β₂ and ε.
    public let beta1: Double, beta2: Double, epsilon: Double
    /// Decoupled weight decay, times the rate a step.
    public let weightDecay: Double
    /// Whether only those numbers move whose momentum and gradient agree (`CautiousMask`).
    public let isCautious: Bool

    /// Constants of an update.
    public init(
      beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, isCautious: Bool = false
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.isCautious = isCautious
    }
  }

  /// The moments m and v of its parameters; where it has all that are trained, flat like them.
  public let firstMoment: Tensor, secondMoment: Tensor
  /// How many updates were made.
  public var updates = 0
  private let constants: Constants
  /// Whether only those numbers move whose momentum and gradient agree.
  var isCautious: Bool { constants.isCautious }
  private let parameters: ParameterStore
  private let places: StatePlaces
  private let runs: [Run]

  /// A stretch of the buffers that one tile updates: from `start` on in those of the parameters, from `place` on in those of
  /// the moments.
  private struct Run {
    let start: Int, place: Int, count: Int, decays: Bool, rateFactor: Double
    /// Which parameter it is of.
    let parameter: Int
  }

  /// State for all trained parameters: moments of zero.
  public convenience init(_ parameters: ParameterStore, _ constants: Constants) {
    self.init(parameters, constants, of: parameters.trainedPieces)
  }

  /// - Parameter pieces: what it updates of the trained parameters; nothing else has moments. A cautious update needs whole
  ///   parameters, since how much of one is kept follows from all of it.
  public init(_ parameters: ParameterStore, _ constants: Constants, of pieces: [ParameterPiece]) {
    precondition(
      !constants.isCautious || pieces.allSatisfy(\.isWhole), "cautious updates are of whole parameters")
    self.parameters = parameters
    self.constants = constants
    let places = StatePlaces(pieces)
    self.places = places
    firstMoment = Tensor.zeros([places.count])
    secondMoment = Tensor.zeros([places.count])
    runs = zip(pieces, places.places).enumerated().flatMap { parameter, pair in
      let (piece, place) = pair
      return piece.stretches.map {
        Run(
          start: $0.lowerBound, place: place + $0.lowerBound - piece.start, count: $0.count,
          decays: piece.entry.decays, rateFactor: piece.entry.rateFactor, parameter: parameter)
      }
    }
  }

  /// "firstMoment" and "secondMoment", each in the parameter's shape.
  public var slots: [OptimizerSlot] {
    [places.slot("firstMoment", firstMoment), places.slot("secondMoment", secondMoment)]
  }

  /// One update.
  /// - Returns: whether all values and moments are finite after it. That is seen on the way, without another pass.
  @discardableResult
  public func update(rate: Double, gradientScale: Double) -> Bool {
    updates += 1
    let n = Double(updates)
    let (b1, b2) = (Float(constants.beta1), Float(constants.beta2))
    let (new1, new2) = (Float(1 - constants.beta1), Float(1 - constants.beta2))
    let firstCorrection = 1 - pow(constants.beta1, n)
    let rootScale = Float(1 / (1 - pow(constants.beta2, n)).squareRoot())
    let (epsilon, scale) = (Float(constants.epsilon), Float(gradientScale))
    let (values, gradients) = (parameters.values, parameters.gradients)
    let isFinite = Atomic(true)
    // Which numbers are kept follows from the whole parameter, so cautious updates take a pass more.
    let scales = constants.isCautious ? cautiousScales(gradientScale: scale) : nil
    parallel(over: runs.count, tile: 1) { range in
      for run in runs[range] {
        let (w, g) = (values.pointer + run.start, gradients.pointer + run.start)
        let (m, v) = (firstMoment.pointer + run.place, secondMoment.pointer + run.place)
        let own = rate * run.rateFactor
        let firstScale = Float(own / firstCorrection)
        let keep = 1 - (run.decays ? Float(own * constants.weightDecay) : 0)
        let cautiousScale = scales?[run.parameter]
        // Zero times what is finite is zero, and times all else not a number. A first moment that is not finite shows in the
        // value, but for an infinite second one.
        var nothing = Lanes(repeating: 0)
        sweep(run.count) { i, c in
          let gradient = load(g, i, c) * scale
          let first = load(m, i, c) * b1 + gradient * new1
          let second = load(v, i, c) * b2 + gradient * gradient * new2
          let root = squareRoot(second) * rootScale + epsilon
          store(first, m, i, c)
          store(second, v, i, c)
          var step = first * firstScale / root
          if let cautiousScale { step = CautiousMask.apply(step, gradient, scale: cautiousScale) }
          let value = load(w, i, c) * keep - step
          store(value, w, i, c)
          nothing.addProduct(value + second, Lanes(repeating: 0))
        }
        if nothing.total != 0 { isFinite.store(false, ordering: .relaxed) }
      }
    }
    return isFinite.load(ordering: .relaxed)
  }

  /// For each parameter what its numbers that are kept are multiplied by, from the first moments that this update will make.
  private func cautiousScales(gradientScale: Float) -> [Float] {
    let (old, new) = (Float(constants.beta1), Float(1 - constants.beta1))
    let gradients = parameters.gradients
    var counts = Array(repeating: CautiousMask.Count(), count: runs.count)
    counts.withUnsafeMutableBufferPointer { counts in
      let counts = counts.baseAddress
      parallel(over: runs.count, tile: 1) { range in
        for index in range {
          let run = runs[index]
          let m = firstMoment.pointer + run.place
          counts![index] = CautiousMask.count(run.count, gradient: gradients.pointer + run.start) {
            i, c, g in load(m, i, c) * old + g * gradientScale * new
          }
        }
      }
    }
    var scales = Array(repeating: CautiousMask.Count(), count: places.pieces.count)
    for (count, run) in zip(counts, runs) { scales[run.parameter] = scales[run.parameter] + count }
    return scales.map(\.scale)
  }
}
