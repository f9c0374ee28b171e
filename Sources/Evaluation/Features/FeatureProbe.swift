/// How well classes can be told from features by a linear map: a closed form, which costs no training.
///
/// Ridge regression of the classes' indicators: with centred features X [n, D] and targets Y [n, C],
///
///     scores(x) = x Xᵀ (X Xᵀ + λ I)⁻¹ Y + mean(Y)
///
/// λ is the one of five shares of the mean of X Xᵀ's diagonal that leaves the least error where each clip is predicted from
/// all others (Hoerl and Kennard, "Ridge regression", 1970; Golub, Heath and Wahba, 1979). Every second clip of each class
/// teaches and the others are asked, and then the other way round, so all clips are asked by a map that did not see them.
struct FeatureProbe {
  private static let shares = [1e-4, 1e-3, 1e-2, 1e-1, 1]

  /// Clips that were given the right class, among those that were asked; nil where nothing can be asked.
  ///
  /// - Parameters:
  ///   - features: one row a clip.
  ///   - labels: one a clip; clips without are left out.
  static func accuracy(features: [[Double]], labels: [String?]) -> Proportion? {
    let labelled = labels.indices.filter { labels[$0] != nil }
    let names = Set(labelled.map { labels[$0]! }).sorted()
    guard names.count > 1 else { return nil }
    var (halves, seen): ([[Int]], [String: Int]) = ([[], []], [:])
    for clip in labelled {
      let place = seen[labels[clip]!, default: 0]
      seen[labels[clip]!] = place + 1
      halves[place % 2].append(clip)
    }
    // A class of one clip is either taught or asked.
    guard !halves[1].isEmpty else { return nil }
    let classes = labels.map { $0.flatMap(names.firstIndex(of:)) }
    let results = [(0, 1), (1, 0)].map { taught, asked in
      right(taught: halves[taught], asked: halves[asked], features, classes, classCount: names.count)
    }
    return Proportion(right: results.reduce(0, +), judged: halves[0].count + halves[1].count)
  }

  /// How many of the asked clips are given their class by a map that the others taught.
  private static func right(
    taught: [Int], asked: [Int], _ features: [[Double]], _ classes: [Int?], classCount: Int
  ) -> Int {
    let (n, width) = (taught.count, features[0].count)
    let middle = (0..<width).map { d in taught.reduce(0.0) { $0 + features[$1][d] } / Double(n) }
    func centred(_ clip: Int) -> [Double] { zip(features[clip], middle).map { $0 - $1 } }
    let x = taught.map(centred)
    var kernel = [Double](repeating: 0, count: n * n)
    for i in 0..<n { for j in 0...i { kernel[i * n + j] = dot(x[i], x[j]) } }
    for i in 0..<n { for j in 0..<i { kernel[j * n + i] = kernel[i * n + j] } }
    let diagonal = (0..<n).reduce(0.0) { $0 + kernel[$1 * n + $1] } / Double(n)
    let shareOf = (0..<classCount).map { c in Double(taught.count { classes[$0] == c }) / Double(n) }
    let y = taught.flatMap { clip in (0..<classCount).map { (classes[clip] == $0 ? 1 : 0) - shareOf[$0] } }
    var best: (error: Double, weights: [Double])?
    // Features that do not differ at all teach nothing but the largest class.
    for share in shares where diagonal > 0 {
      guard let (error, weights) = fit(kernel, y, adding: share * diagonal, n, classCount) else { continue }
      if best.map({ error < $0.error }) ?? true { best = (error, weights) }
    }
    return asked.count { clip in
      var scores = shareOf
      if let weights = best?.weights {
        let z = centred(clip)
        for i in 0..<n {
          let likeness = dot(z, x[i])
          for c in 0..<classCount { scores[c] += likeness * weights[i * classCount + c] }
        }
      }
      return scores.indices.max { scores[$0] < scores[$1] } == classes[clip]
    }
  }

  /// W = (K + λ I)⁻¹ Y [n, C], and the squared error of each clip when it is predicted from all others: W_ic over the i-th
  /// diagonal number of the inverse. Nil where rounding leaves no inverse.
  private static func fit(
    _ kernel: [Double], _ y: [Double], adding ridge: Double, _ n: Int, _ classCount: Int
  ) -> (error: Double, weights: [Double])? {
    var a = kernel
    for i in 0..<n { a[i * n + i] += ridge }
    guard let inverse = inverted(positive: a, size: n) else { return nil }
    var (weights, error) = ([Double](repeating: 0, count: n * classCount), 0.0)
    for i in 0..<n {
      for j in 0..<n {
        let share = inverse[i * n + j]
        for c in 0..<classCount { weights[i * classCount + c] += share * y[j * classCount + c] }
      }
      for c in 0..<classCount {
        let miss = weights[i * classCount + c] / inverse[i * n + i]
        error += miss * miss
      }
    }
    return (error, weights)
  }
}

/// Σ aᵢ bᵢ.
func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for i in a.indices { sum += a[i] * b[i] }
  return sum
}

/// The inverse of a symmetric matrix whose eigenvalues are all positive, by Cholesky's factors; nil if they are not.
private func inverted(positive matrix: [Double], size n: Int) -> [Double]? {
  var l = matrix  // the lower triangle becomes L with L Lᵀ = matrix
  for j in 0..<n {
    for i in j..<n {
      var sum = l[i * n + j]
      for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
      if i == j {
        guard sum > 0 else { return nil }
        l[j * n + j] = sum.squareRoot()
      } else {
        l[i * n + j] = sum / l[j * n + j]
      }
    }
  }
  // Column by column: L z = e_c, then Lᵀ x = z. Rows of `inverse` are those columns.
  var inverse = [Double](repeating: 0, count: n * n)
  for c in 0..<n {
    let row = c * n
    for i in c..<n {
      var sum = i == c ? 1.0 : 0
      for k in c..<i { sum -= l[i * n + k] * inverse[row + k] }
      inverse[row + i] = sum / l[i * n + i]
    }
    for i in (0..<n).reversed() {
      var sum = inverse[row + i]
      for k in i + 1..<max(n, i + 1) { sum -= l[k * n + i] * inverse[row + k] }
      inverse[row + i] = sum / l[i * n + i]
    }
  }
  return inverse
}
