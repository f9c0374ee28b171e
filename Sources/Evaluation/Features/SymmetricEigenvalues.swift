/// The eigenvalues of a symmetric matrix, ascending.
///
/// Householder's reduction to three diagonals, then the QL algorithm with implicit shifts (Golub and Van Loan, "Matrix
/// computations", 8.3), in double precision on one thread: 4n³/3 operations for the first, n² for the second. No
/// eigenvectors are made.
/// - Parameter matrix: [n, n], row by row.
public func eigenvalues(ofSymmetric matrix: [Double], size n: Int) -> [Double] {
  precondition(matrix.count == n * n, "a matrix of \(n) rows and columns has \(n * n) numbers")
  guard n > 0 else { return [] }
  var (diagonal, beside) = threeDiagonals(matrix, n)
  for first in 0..<n { deflate(&diagonal, &beside, from: first) }
  return diagonal.sorted()
}

/// The main diagonal [n] of a matrix with the same eigenvalues that has no others beside its neighbours, and those [n], of
/// which the i-th lies between i and i + 1 and the last is 0.
private func threeDiagonals(_ matrix: [Double], _ n: Int) -> (main: [Double], beside: [Double]) {
  var a = matrix
  var beside = Array(repeating: 0.0, count: n)
  var (v, p) = (Array(repeating: 0.0, count: n), Array(repeating: 0.0, count: n))
  for k in 0..<max(0, n - 2) {
    // H = 1 − 2 v vᵀ / vᵀv takes column k below the diagonal onto its first number.
    let norm = (k + 1..<n).reduce(0.0) { $0 + a[$1 * n + k] * a[$1 * n + k] }.squareRoot()
    let first = a[(k + 1) * n + k]
    beside[k] = first > 0 ? -norm : norm
    for i in k + 1..<n { v[i] = a[i * n + k] }
    v[k + 1] -= beside[k]
    let square = (k + 1..<n).reduce(0.0) { $0 + v[$1] * v[$1] }
    guard square > 0 else { continue }
    // H A H = A − v qᵀ − q vᵀ with p = 2 A v / vᵀv and q = p − v (vᵀp) / vᵀv.
    var along = 0.0
    for i in k + 1..<n {
      var sum = 0.0
      for j in k + 1..<n { sum += a[i * n + j] * v[j] }
      p[i] = 2 * sum / square
      along += p[i] * v[i]
    }
    for i in k + 1..<n { p[i] -= v[i] * along / square }
    for i in k + 1..<n {
      for j in k + 1..<n { a[i * n + j] -= v[i] * p[j] + p[i] * v[j] }
    }
  }
  if n > 1 { beside[n - 2] = a[(n - 1) * n + n - 2] }
  return ((0..<n).map { a[$0 * n + $0] }, beside)
}

/// Turns the matrix of three diagonals until the number beside the `first` diagonal place is nothing; that place is then
/// an eigenvalue.
private func deflate(_ d: inout [Double], _ e: inout [Double], from first: Int) {
  let n = d.count
  // Each turn cuts the number down to its square or cube; two or three are usual.
  for _ in 0..<64 {
    var last = first
    while last < n - 1 && abs(e[last]) > .ulpOfOne * (abs(d[last]) + abs(d[last + 1])) { last += 1 }
    if last == first { return }
    var g = (d[first + 1] - d[first]) / (2 * e[first])
    var r = (g * g + 1).squareRoot()
    g = d[last] - d[first] + e[first] / (g + (g < 0 ? -r : r))
    var (s, c, p) = (1.0, 1.0, 0.0)
    for i in (first..<last).reversed() {
      let (f, b) = (s * e[i], c * e[i])
      r = (f * f + g * g).squareRoot()
      e[i + 1] = r
      if r == 0 {
        d[i + 1] -= p
        e[last] = 0
        break
      }
      (s, c) = (f / r, g / r)
      g = d[i + 1] - p
      r = (d[i] - g) * s + 2 * c * b
      p = s * r
      d[i + 1] = g + p
      g = c * r - b
      if i == first {
        d[first] -= p
        e[first] = g
        e[last] = 0
      }
    }
  }
}
