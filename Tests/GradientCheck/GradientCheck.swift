import Foundation
import Layers
import Tensors

/// What is wrong with the gradients of a piece, one sentence each; nothing if they are right.
///
/// 1. **Slopes.** The output is projected on fixed random numbers w, which gives a loss Σ w·y (summed in double
///    precision) and the output's gradient w. For each input and each parameter the gradient g is compared with the slopes
///    of the loss along random directions v: the root mean square of ⟨g, v⟩ − slope(v), over that of the slopes, estimates
///    the relative error ‖g − true‖ / ‖true‖, which must be at most 1e-3.
/// 2. **Adding.** A second backward pass doubles the parameters' gradients.
/// 3. **Bits.** One thread and three give the same output and gradients, to the bit.
///
/// Buffers that a pass is given are full of NaN at first, so that nothing is taken for zero.
public func gradientProblems(of piece: Differentiable) -> [String] {
  let check = GradientCheck(piece)
  return check.slopeProblems() + check.addingProblems() + check.bitProblems()
}

/// The largest relative error of a gradient.
private let tolerance = 1e-3
/// Random directions for each input and parameter.
private let directionCount = 6
/// Steps of the central differences, each half of the one before.
private let steps: [Float] = [0x1p-2, 0x1p-3, 0x1p-4, 0x1p-5, 0x1p-6, 0x1p-7, 0x1p-8, 0x1p-9, 0x1p-10]

private struct GradientCheck {
  let piece: Differentiable
  let inputs: [Tensor]
  let weights: Tensor  // w

  init(_ piece: Differentiable) {
    self.piece = piece
    inputs = piece.inputs.map { $0.value }
    weights = gaussian(piece.pass(inputs).output.shape, seed: 77)
  }

  /// The output and all gradients of one pass.
  private func results() -> (output: Tensor, inputs: [Tensor], parameters: Tensor?) {
    fillUnusedMemoryWithNaN()
    piece.store?.zeroGradients()
    let (output, backward) = piece.pass(inputs)
    let gradients = backward(weights)
    precondition(gradients.count == inputs.count, "backward returns a gradient for each input")
    return (output, gradients, piece.store?.gradients.copied())
  }

  // MARK: 1. Slopes

  func slopeProblems() -> [String] {
    let (output, inputGradients, parameterGradients) = results()
    guard output.isFinite else { return ["the output is not finite"] }
    // What rounding each number of the output adds to the loss: a few units in the last place, in random directions.
    let rounding =
      4 * 0x1p-23
      * zip(weights.values, output.values).reduce(0.0) { sum, pair in
        sum + Double(pair.0) * Double(pair.0) * Double(pair.1) * Double(pair.1)
      }.squareRoot()
    var problems: [String] = []
    for ((name, value), gradient) in zip(piece.inputs, inputGradients) {
      problems += slopeProblem(name, value, gradient, rounding)
    }
    if let store = piece.store, let parameterGradients {
      for entry in store.trainedEntries {
        let value = store.values.view(at: entry.offset, entry.shape)
        problems += slopeProblem(
          entry.name, value, parameterGradients.view(at: entry.offset, entry.shape), rounding)
      }
    }
    return problems
  }

  private func slopeProblem(_ name: String, _ value: Tensor, _ gradient: Tensor, _ rounding: Double)
    -> [String]
  {
    guard gradient.count == value.count else { return ["\(name): the gradient has another shape"] }
    let directions = (0..<directionCount).map { signs(value.count, sample: $0) }
    let (slopes, step) = slopes(along: directions, of: value)
    let products = directions.map { direction in
      zip(direction, gradient.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    let error = rootMeanSquare(zip(products, slopes).map { $0 - $1 })
    let size = rootMeanSquare(slopes)
    // Where the true gradient is zero (one key, rows of one number) only rounding is left of a difference.
    if error <= tolerance * size + rounding / Double(step) { return [] }
    return [
      String(format: "%@: the gradient is off by %.2e where slopes are about %.2e", name, error, size)
    ]
  }

  /// The slopes of the loss along the directions, and the smallest step they stand on.
  ///
  /// Central differences D(h) = (L(x + hv) − L(x − hv)) / 2h err by h² at large steps and by rounding at small ones. One
  /// step of Richardson's, (4 D(h/2) − D(h)) / 3, leaves h⁴; of these, for several h, the two neighbours that agree best
  /// are taken. The gradient under test has no say in that choice.
  private func slopes(along directions: [[Float]], of value: Tensor) -> (slopes: [Double], step: Float) {
    let differences = steps.map { step in
      directions.map { (loss($0, step, value) - loss($0, -step, value)) / Double(2 * step) }
    }
    let refined = zip(differences, differences.dropFirst()).map { wide, narrow in
      zip(wide, narrow).map { (4 * $1 - $0) / 3 }
    }
    let gaps = zip(refined, refined.dropFirst()).map { rootMeanSquare(zip($0, $1).map { $0 - $1 }) }
    let best = gaps.indices.min { gaps[$0] < gaps[$1] }! + 1
    return (refined[best], steps[best + 1])
  }

  /// The loss with `value` moved along a direction.
  private func loss(_ direction: [Float], _ step: Float, _ value: Tensor) -> Double {
    let own = value.copied()
    defer { value.copy(from: own) }
    value.add(Tensor(direction, value.shape), scale: step)
    let output = piece.pass(inputs).output
    return zip(weights.values, output.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }

  // MARK: 2. Adding

  func addingProblems() -> [String] {
    guard let store = piece.store, let once = results().parameters else { return [] }
    _ = piece.pass(inputs).backward(weights)
    return store.trainedEntries.compactMap { entry in
      let first = once.view(at: entry.offset, entry.shape)
      let excess = store.gradients.view(at: entry.offset, entry.shape).copied()
      excess.add(first, scale: -2)
      let size = first.sumOfSquares.squareRoot()
      return excess.sumOfSquares.squareRoot() <= 1e-4 * size
        ? nil : "\(entry.name): a second backward pass does not add"
    }
  }

  // MARK: 3. Bits

  func bitProblems() -> [String] {
    let (one, three) = (Parallel.withThreads(1, results), Parallel.withThreads(3, results))
    var problems: [String] = []
    if !sameBits(one.output, three.output) {
      problems.append("the output's bits depend on the number of threads")
    }
    for (name, pair) in zip(piece.inputs.map { $0.key }, zip(one.inputs, three.inputs))
    where !sameBits(pair.0, pair.1) {
      problems.append("\(name): the gradient's bits depend on the number of threads")
    }
    if let store = piece.store, let first = one.parameters, let second = three.parameters {
      for entry in store.trainedEntries
      where !sameBits(first.view(at: entry.offset, entry.shape), second.view(at: entry.offset, entry.shape)) {
        problems.append("\(entry.name): the gradient's bits depend on the number of threads")
      }
    }
    return problems
  }
}

/// Whether two tensors hold the same bits.
public func sameBits(_ a: Tensor, _ b: Tensor) -> Bool {
  a.shape == b.shape && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
}

/// ±1 at random.
private func signs(_ count: Int, sample: Int) -> [Float] {
  var stream = RandomStream(seed: 3, purpose: .check, sample: sample)
  return (0..<count).map { _ in stream.next() & 1 == 0 ? 1 : -1 }
}

private func rootMeanSquare(_ values: [Double]) -> Double {
  (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
}

/// Takes a few buffers of each small size, fills them with NaN and gives them back to the pool.
private func fillUnusedMemoryWithNaN() {
  let sizes =
    Array(stride(from: 16, through: 1024, by: 16)) + Array(stride(from: 2048, through: 32_768, by: 1024))
  for count in sizes {
    let tensors = (0..<6).map { _ in Tensor([count]) }
    for tensor in tensors { tensor.fill(.nan) }
  }
}
