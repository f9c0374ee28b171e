import Foundation
import Tensors

/// What the tokens of one clip are like: of each feature the mean over them, and the variance.
struct ClipTokens {
  let means: [Double], variances: [Double]

  /// The tokens of a clip: some rows of a tensor.
  init(_ tokens: Tensor, rows: Range<Int>) {
    let (width, count) = (tokens.columns, Double(rows.count))
    var sums = [Double](repeating: 0, count: width)
    for r in rows {
      let row = tokens.row(r)
      for d in 0..<width { sums[d] += Double(row[d]) }
    }
    let means = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: width)
    for r in rows {
      let row = tokens.row(r)
      for d in 0..<width {
        let difference = Double(row[d]) - means[d]
        squares[d] += difference * difference
      }
    }
    self.means = means
    variances = squares.map { $0 / count }
  }

  /// What `row` gave.
  init(row: [Double]) {
    (means, variances) = (Array(row.prefix(row.count / 2)), Array(row.suffix(row.count / 2)))
  }

  /// All numbers in a row.
  var row: [Double] { means + variances }

  /// The standard deviation of each feature over the tokens of all clips, mean over features. The variance over all tokens is
  /// the mean of those within clips, and that of the clips' means, since each clip has as many tokens as any other.
  static func deviation(_ clips: [ClipTokens]) -> Double {
    let (n, width) = (Double(clips.count), clips[0].means.count)
    return (0..<width).reduce(0.0) { sum, d in
      let middle = clips.reduce(0.0) { $0 + $1.means[d] } / n
      let variance =
        clips.reduce(0.0) { sum, clip in
          let difference = clip.means[d] - middle
          return sum + clip.variances[d] + difference * difference
        } / n
      return sum + variance.squareRoot()
    } / Double(width)
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
