import Foundation
import Tensors

/// How far tokens lie apart: sums over them less the first one of all, so that nothing is lost where all are alike.
struct TokenSpread {
  private var origin: [Float] = [], sums: [Double] = [], squares: [Double] = []
  private var count = 0

  mutating func add(_ rows: Tensor) {
    let n = rows.columns
    if count == 0 {
      origin = (0..<n).map { rows.pointer[$0] }
      (sums, squares) = (Array(repeating: 0, count: n), Array(repeating: 0, count: n))
    }
    for r in 0..<rows.rows {
      let row = rows.row(r)
      for d in 0..<n {
        let value = Double(row[d] - origin[d])
        sums[d] += value
        squares[d] += value * value
      }
    }
    count += rows.rows
  }

  /// The standard deviation of each feature, mean over features.
  var deviation: Double {
    zip(sums, squares).reduce(0.0) {
      let mean = $1.0 / Double(count)
      return $0 + max(0, $1.1 / Double(count) - mean * mean).squareRoot()
    } / Double(sums.count)
  }
}

/// How the mean features of clips lie about their middle.
struct ClipSpread {
  /// The standard deviation over clips, mean over features.
  let deviation: Double
  /// The effective rank; 0 where all clips are alike.
  let rank: Double
  /// Mean square of the covariances of two different features, divided by the square of the mean variance.
  let covariance: Double

  init(_ features: [[Double]]) {
    let (n, width) = (features.count, features[0].count)
    let middle = (0..<width).map { d in features.reduce(0.0) { $0 + $1[d] } / Double(n) }
    let x = features.map { zip($0, middle).map { $0 - $1 } }
    let variances = (0..<width).map { d in x.reduce(0.0) { $0 + $1[d] * $1[d] } / Double(n) }
    deviation = variances.reduce(0.0) { $0 + $1.squareRoot() } / Double(width)
    // The products of clips with each other have the eigenvalues of the covariance, and the sum of their squares is that
    // of all covariances.
    var products = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        products[i * n + j] = dot(x[i], x[j]) / Double(n)
        products[j * n + i] = products[i * n + j]
      }
    }
    let values = eigenvalues(ofSymmetric: products, size: n).map { max(0, $0) }
    let total = values.reduce(0, +)
    rank =
      total > 0
      ? exp(-values.reduce(0.0) { $0 + ($1 > 0 ? $1 / total * log($1 / total) : 0) }) : 0
    let all = products.reduce(0.0) { $0 + $1 * $1 }
    let own = variances.reduce(0.0) { $0 + $1 * $1 }
    let mean = variances.reduce(0, +) / Double(width)
    let pairs = Double(width) * Double(width - 1)
    covariance = mean > 0 && pairs > 0 ? max(0, all - own) / pairs / (mean * mean) : 0
  }
}
