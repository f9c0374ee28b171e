import Foundation
import GradientCheck
import Tensors
import Testing

@testable import Optimizers

/// The same in double precision, by the formulas as they stand in the literature.
private func reference(_ matrix: [Double], _ rows: Int, _ columns: Int) -> [Double] {
  if rows > columns {
    return transposed(reference(transposed(matrix, rows, columns), columns, rows), columns, rows)
  }
  let norm = matrix.reduce(0) { $0 + $1 * $1 }.squareRoot()
  var x = matrix.map { $0 / (norm + 1e-7) }
  for _ in 0..<5 {
    let gram = product(x, transposed(x, rows, columns), rows, rows, columns)
    let square = product(gram, gram, rows, rows, rows)
    let b = zip(gram, square).map { -4.7750 * $0 + 2.0315 * $1 }
    x = zip(x, product(b, x, rows, columns, rows)).map { 3.4445 * $0 + $1 }
  }
  return x
}

private func transposed(_ x: [Double], _ rows: Int, _ columns: Int) -> [Double] {
  (0..<columns).flatMap { c in (0..<rows).map { x[$0 * columns + c] } }
}

private func product(_ a: [Double], _ b: [Double], _ rows: Int, _ columns: Int, _ terms: Int) -> [Double] {
  var c = [Double](repeating: 0, count: rows * columns)
  for i in 0..<rows {
    for k in 0..<terms {
      let factor = a[i * terms + k]
      for j in 0..<columns { c[i * columns + j] += factor * b[k * columns + j] }
    }
  }
  return c
}

/// On all threads, and on one: two ways to the same.
private func both(_ matrix: Tensor, _ precision: Precision = .float32) -> [[Float]] {
  let iteration = NewtonSchulz(rows: matrix.shape[0], columns: matrix.shape[1], precision)
  let norm = matrix.sumOfSquares.squareRoot()
  let scratch = Tensor([iteration.scratchCount])
  scratch.fill(.nan)
  scratch.view(at: 0, matrix.shape).copy(from: matrix)
  let place = iteration.orthogonalized(scratch.pointer, norm: norm) - scratch.pointer
  return [
    iteration.orthogonalized(matrix.copied(), norm: norm).values,
    scratch.view(at: place, matrix.shape).values,
  ]
}

@Test(arguments: [
  [1, 1], [5, 5], [2, 17], [3, 20], [20, 3], [24, 40], [64, 144], [130, 33], [200, 200],
])
func matricesAreMadeOrthogonalAsInDoublePrecision(shape: [Int]) {
  let matrix = gaussian(shape)
  let expected = reference(matrix.values.map(Double.init), shape[0], shape[1])
  let size = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
  for result in both(matrix) {
    let error = zip(result, expected).reduce(0) { $0 + pow(Double($1.0) - $1.1, 2) }.squareRoot()
    #expect(error < 1e-5 * size, "off by \(error / size)")
  }
}

/// Sizes do not matter, up to what float32 holds.
@Test(arguments: [Float(1e-3), 1, 1e6])
func singularValuesComeNearOne(scale: Float) {
  for shape in [[24, 40], [40, 24], [32, 32]] {
    let matrix = gaussian(shape)
    matrix.scale(by: scale)
    for result in both(matrix) {
      let values = singularValues(result.map(Double.init), shape[0], shape[1])
      #expect(values.count == shape.min())
      // A square matrix of random numbers has a few that are nearly zero.
      let least = shape[0] == shape[1] ? values.sorted()[3] : values.min()!
      #expect(least > 0.6 && values.max()! < 1.3, "\(values)")
    }
  }
}

@Test func zeroStaysZero() {
  for shape in [[3, 5], [5, 3]] {
    for result in both(Tensor.zeros(shape)) { #expect(result.allSatisfy { $0 == 0 }) }
  }
}

/// What products multiply is rounded to 8 bits, and rounding comes in at each of five steps.
@Test(
  .enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"),
  arguments: [[64, 144], [130, 70], [200, 200], [65, 65]])
func narrowFactorsGiveNearlyTheSame(shape: [Int]) {
  let matrix = gaussian(shape)
  let exact = both(matrix)[0]
  let size = exact.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  for result in both(matrix, .bfloat16) {
    let error = zip(result, exact).reduce(0) { $0 + pow(Double($1.0 - $1.1), 2) }.squareRoot()
    #expect(error < 0.05 * size && error > 1e-4 * size, "off by \(error / size)")
    let values = singularValues(result.map(Double.init), shape[0], shape[1])
    #expect(values.max()! < 1.3)
  }
}

@Test func operationsAreThoseOfTheProducts() {
  let iteration = NewtonSchulz(rows: 3, columns: 5)
  #expect(iteration.operations == 5 * (2 * 3 * 3 * 5 + 2 * 3 * 3 * 3 + 2 * 3 * 5 * 3))
  #expect(iteration.operations == NewtonSchulz(rows: 5, columns: 3).operations)
  let plan = Plan.rehearse { _ = iteration.orthogonalized(Tensor([3, 5]), norm: 1) }
  #expect(plan.productOperations == iteration.operations)
}

/// By Jacobi's rotations of the rows (of the shorter side) until they are orthogonal.
private func singularValues(_ matrix: [Double], _ rows: Int, _ columns: Int) -> [Double] {
  if rows > columns { return singularValues(transposed(matrix, rows, columns), columns, rows) }
  var x = (0..<rows).map { Array(matrix[$0 * columns..<($0 + 1) * columns]) }
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  for _ in 0..<12 {
    for i in 0..<rows {
      for j in i + 1..<rows {
        let (a, b, mixed) = (dot(x[i], x[i]), dot(x[j], x[j]), dot(x[i], x[j]))
        guard abs(mixed) > 1e-15 else { continue }
        let angle = 0.5 * atan2(2 * mixed, a - b)
        let (c, s) = (cos(angle), sin(angle))
        let (first, second) = (x[i], x[j])
        x[i] = zip(first, second).map { c * $0 + s * $1 }
        x[j] = zip(first, second).map { c * $1 - s * $0 }
      }
    }
  }
  return x.map { dot($0, $0).squareRoot() }
}
