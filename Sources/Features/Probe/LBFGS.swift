/// Finds the least value of a smooth function by its gradients, from memory of the last steps.
///
/// L-BFGS with steps that are halved until the value falls enough (J. Nocedal and S. Wright, "Numerical optimization",
/// 2006, algorithms 7.4 and 3.1). Everything is added in one order, so equal functions give equal bits.
struct LBFGS {
  /// How many steps are remembered.
  var memory = 10
  /// The most steps.
  var steps = 1000
  /// Ends when no part of the gradient is larger.
  var tolerance = 1e-5

  /// The place with the least value that was found.
  func minimum(
    from start: [Double], of function: ([Double]) -> (value: Double, gradient: [Double])
  ) -> (place: [Double], value: Double) {
    var place = start
    var (value, gradient) = function(place)
    var history: [(step: [Double], change: [Double], product: Double)] = []
    for _ in 0..<steps {
      guard let steepest = gradient.map(abs).max(), steepest > tolerance else { break }
      var direction = Self.direction(gradient, history)
      var slope = Self.dot(direction, gradient)
      if slope >= 0 {
        // Rounding has spoiled what is remembered.
        history = []
        direction = gradient.map { -$0 }
        slope = -Self.dot(gradient, gradient)
      }
      var length = history.isEmpty ? min(1, 1 / Self.dot(gradient, gradient).squareRoot()) : 1
      var next: (place: [Double], value: Double, gradient: [Double])?
      for _ in 0..<30 {
        let trial = zip(place, direction).map { $0 + length * $1 }
        let (trialValue, trialGradient) = function(trial)
        if trialValue <= value + 1e-4 * length * slope {
          next = (trial, trialValue, trialGradient)
          break
        }
        length /= 2
      }
      // No step makes it less: rounding is all that is left.
      guard let next else { break }
      let step = zip(next.place, place).map { $0 - $1 }
      let change = zip(next.gradient, gradient).map { $0 - $1 }
      let product = Self.dot(step, change)
      if product > 1e-12 * Self.dot(change, change) {
        history.append((step, change, product))
        if history.count > memory { history.removeFirst() }
      }
      (place, value, gradient) = next
    }
    return (place, value)
  }

  /// The direction −H g, H being what is remembered of the inverse of the second derivatives.
  private static func direction(
    _ gradient: [Double], _ history: [(step: [Double], change: [Double], product: Double)]
  ) -> [Double] {
    var q = gradient
    var factors: [Double] = []
    for pair in history.reversed() {
      let factor = dot(pair.step, q) / pair.product
      factors.append(factor)
      for i in q.indices { q[i] -= factor * pair.change[i] }
    }
    if let last = history.last {
      let scale = last.product / dot(last.change, last.change)
      for i in q.indices { q[i] *= scale }
    }
    for (pair, factor) in zip(history, factors.reversed()) {
      let difference = factor - dot(pair.change, q) / pair.product
      for i in q.indices { q[i] += difference * pair.step[i] }
    }
    return q.map { -$0 }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
