import Evaluation
import Foundation
import Tensors
import Testing

struct SymmetricEigenvaluesTests {
  @Test func smallMatricesHaveTheValuesOfPaper() {
    #expect(eigenvalues(ofSymmetric: [], size: 0) == [])
    #expect(eigenvalues(ofSymmetric: [7], size: 1) == [7])
    expect(eigenvalues(ofSymmetric: [2, 1, 1, 2], size: 2), [1, 3])
    expect(
      eigenvalues(ofSymmetric: [2, -1, 0, -1, 2, -1, 0, -1, 2], size: 3),
      [2 - 2.0.squareRoot(), 2, 2 + 2.0.squareRoot()])
    expect(eigenvalues(ofSymmetric: [Double](repeating: 0, count: 16), size: 4), [0, 0, 0, 0])
    expect(eigenvalues(ofSymmetric: [Double](repeating: 1, count: 25), size: 5), [0, 0, 0, 0, 5])
    expect(eigenvalues(ofSymmetric: [3, 0, 0, 0, -2, 0, 0, 0, 3], size: 3), [-2, 3, 3])
  }

  /// A matrix that is made of chosen eigenvalues and random turns, with values far apart and equal ones among them.
  @Test(arguments: [2, 3, 5, 16, 33, 70])
  func turnedMatricesHaveTheValuesTheyWereMadeOf(size n: Int) {
    let chosen: [Double] = (0..<n).map { i in
      if i % 3 == 0 { return 1 }
      let sign: Double = i % 2 == 0 ? 40 : -1
      return sign * pow(0.6, Double(i))
    }
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n { a[i * n + i] = chosen[i] }
    var stream = RandomStream(seed: 4, purpose: .check, sample: n)
    for _ in 0..<6 * n {
      let i = stream.below(n)
      let j = (i + 1 + stream.below(n - 1)) % n
      let (c, s) = (cos(stream.uniform() * 6), sin(stream.uniform() * 6))
      let length = (c * c + s * s).squareRoot()
      rotate(&a, n, i, j, c / length, s / length)
    }
    expect(eigenvalues(ofSymmetric: a, size: n), chosen.sorted())
  }

  private func rotate(_ a: inout [Double], _ n: Int, _ i: Int, _ j: Int, _ c: Double, _ s: Double) {
    for k in 0..<n {
      let (x, y) = (a[i * n + k], a[j * n + k])
      (a[i * n + k], a[j * n + k]) = (c * x + s * y, c * y - s * x)
    }
    for k in 0..<n {
      let (x, y) = (a[k * n + i], a[k * n + j])
      (a[k * n + i], a[k * n + j]) = (c * x + s * y, c * y - s * x)
    }
  }

  private func expect(_ ours: [Double], _ right: [Double]) {
    let allowed = 1e-12 + 1e-11 * (right.map(abs).max() ?? 1)
    #expect(ours.count == right.count)
    #expect(zip(ours, right).allSatisfy { abs($0 - $1) < allowed }, "\(ours), not \(right)")
  }
}
