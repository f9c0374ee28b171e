import Foundation
import Tensors

/// Multinomial logistic regression with an L2 penalty on the weights, none on the bias.
///
///     loss = mean over clips of −log softmax(W x + b)[class] + λ/2 · |W|²        x [D], W [C, D], b [C]
///
/// The loss has one least value, so where the search begins does not matter.
struct LogisticRegression {
  /// W [C, D] and b [C], one behind the other.
  private(set) var parameters: [Double]
  let classes: Int, width: Int

  /// All zeros: all classes are as likely.
  init(classes: Int, width: Int) {
    self.classes = classes
    self.width = width
    parameters = Array(repeating: 0, count: classes * width + classes)
  }

  /// Goes to the least loss.
  /// - Parameters:
  ///   - x: vectors [clips, D]; `truth` has the class of each.
  ///   - penalty: λ, above 0.
  mutating func fit(_ x: Tensor, _ truth: [Int], penalty: Double) {
    parameters =
      LBFGS().minimum(from: parameters) { [classes, width] parameters in
        Self(classes: classes, width: width, parameters: parameters).loss(x, truth, penalty: penalty)
      }.place
  }

  private init(classes: Int, width: Int, parameters: [Double]) {
    (self.classes, self.width, self.parameters) = (classes, width, parameters)
  }

  /// The probability of each class [clips][C] of vectors [clips, D].
  func probabilities(_ x: Tensor) -> [[Double]] {
    let logits = logits(x)
    return (0..<x.rows).map { Self.softmax(logits.row($0), classes).probabilities }
  }

  /// The mean of −log of the right class's probability.
  func crossEntropy(_ x: Tensor, _ truth: [Int]) -> Double {
    let logits = logits(x)
    return truth.enumerated().reduce(0) { sum, clip in
      let row = logits.row(clip.offset)
      return sum + Self.softmax(row, classes).logSum - Double(row[clip.element])
    } / Double(truth.count)
  }

  /// The loss and its gradient.
  func loss(_ x: Tensor, _ truth: [Int], penalty: Double) -> (value: Double, gradient: [Double]) {
    let (logits, count) = (logits(x), Double(truth.count))
    let losses = Tensor([truth.count])
    // Turns logits into their gradient: (softmax − 1 at the right class) / clips.
    parallel(over: truth.count, tile: rowsPerTile(columns: classes)) { range in
      for clip in range {
        let row = logits.row(clip)
        let (probabilities, logSum) = Self.softmax(row, classes)
        losses.pointer[clip] = Float(logSum - Double(row[truth[clip]]))
        for c in 0..<classes {
          row[c] = Float((probabilities[c] - (c == truth[clip] ? 1 : 0)) / count)
        }
      }
    }
    let weightGradient = Tensor.zeros([classes, width])
    multiplyAdd(transposed: logits, x, into: weightGradient)
    var gradient = weightGradient.values.map(Double.init)
    var square = 0.0
    for i in gradient.indices {
      square += parameters[i] * parameters[i]
      gradient[i] += penalty * parameters[i]
    }
    var biasGradient = [Double](repeating: 0, count: classes)
    for clip in 0..<truth.count {
      let row = logits.row(clip)
      for c in 0..<classes { biasGradient[c] += Double(row[c]) }
    }
    let mean = losses.values.reduce(0) { $0 + Double($1) } / count
    return (mean + penalty / 2 * square, gradient + biasGradient)
  }

  /// W x + b, [clips, C].
  private func logits(_ x: Tensor) -> Tensor {
    let weight = Tensor(parameters[..<(classes * width)].map { Float($0) }, [classes, width])
    let bias = Tensor(parameters[(classes * width)...].map { Float($0) }, [classes])
    let logits = Tensor([x.rows, classes])
    multiply(x, transposed: weight, into: logits, plus: .row(bias))
    return logits
  }

  /// The softmax of a row of logits, and the logarithm of the sum of their exponentials.
  private static func softmax(
    _ row: UnsafeMutablePointer<Float>, _ count: Int
  ) -> (probabilities: [Double], logSum: Double) {
    var greatest = -Double.infinity
    for c in 0..<count { greatest = max(greatest, Double(row[c])) }
    var (powers, sum) = ([Double](repeating: 0, count: count), 0.0)
    for c in 0..<count {
      powers[c] = exp(Double(row[c]) - greatest)
      sum += powers[c]
    }
    for c in 0..<count { powers[c] /= sum }
    return (powers, greatest + log(sum))
  }
}
