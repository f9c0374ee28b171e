import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

struct RotaryPositionsTests {
  @Test(arguments: [
    (clips: 1, grid: [1, 1, 1], heads: 1, headWidth: 6), (2, [2, 1, 3], 2, 6), (1, [1, 5, 3], 1, 10),
    (3, [3, 2, 2], 2, 16), (2, [4, 3, 7], 3, 22), (1, [2, 2, 2], 1, 64),
  ])
  func gradientsAreRight(shape: (clips: Int, grid: [Int], heads: Int, headWidth: Int)) {
    let rotary = RotaryPositions(headWidth: shape.headWidth)
    let table = rotary.table(frames: shape.grid[0], height: shape.grid[1], width: shape.grid[2])
    let input = gaussian([shape.clips * table.tokens, shape.heads * shape.headWidth])
    let piece = Differentiable(["input": input]) { inputs in
      (
        rotated(inputs[0]) { rotary.rotate(0..<$0.rows, of: $0, by: table) },
        { [rotated($0) { rotary.rotateBack(0..<$0.rows, of: $0, by: table) }] }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  /// Of K = 16 numbers h and w take 4 each and t takes 8, in the order t, h, w.
  @Test func pairsRotateByTheirAxis() {
    let rotary = RotaryPositions(headWidth: 16)
    let table = rotary.table(frames: 2, height: 3, width: 2)
    let input = gaussian([12, 16])
    var expected: [Double] = []
    for (n, x) in stride(from: 0, to: input.count, by: 16).map({ Array(input.doubles[$0..<$0 + 16]) })
      .enumerated()
    {
      let (t, h, w) = (Double(n / 6), Double(n / 2 % 3), Double(n % 2))
      let angles =
        [0.0, 2, 4, 6].map { t * pow(10_000, -$0 / 8) } + [0.0, 2].map { h * pow(10_000, -$0 / 4) }
        + [0.0, 2].map { w * pow(10_000, -$0 / 4) }
      for (pair, angle) in angles.enumerated() {
        let (a, b) = (x[2 * pair], x[2 * pair + 1])
        expected += [a * cos(angle) - b * sin(angle), b * cos(angle) + a * sin(angle)]
      }
    }
    #expect(relativeError(rotated(input) { rotary.rotate(0..<$0.rows, of: $0, by: table) }, expected) < 1e-6)
  }

  @Test func scoresDependOnDistances() {
    let rotary = RotaryPositions(headWidth: 12)
    let table = rotary.table(frames: 1, height: 1, width: 6)
    let (q, k) = (gaussian([1, 12]), gaussian([1, 12], seed: 2))
    func score(_ i: Int, _ j: Int) -> Float {
      let (queries, keys) = (Tensor.zeros([6, 12]), Tensor.zeros([6, 12]))
      queries.view(at: i * 12, [12]).copy(from: q)
      keys.view(at: j * 12, [12]).copy(from: k)
      for x in [queries, keys] { rotary.rotate(0..<6, of: x, by: table) }
      return zip(queries.values[(i * 12)...], keys.values[(j * 12)...]).prefix(12)
        .reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(score(1, 3) - score(3, 5)) < 1e-5)
    #expect(abs(score(1, 3) - score(1, 4)) > 1e-3)
  }

  /// A copy, changed in place.
  private func rotated(_ x: Tensor, _ turn: (Tensor) -> Void) -> Tensor {
    let copy = x.copied()
    turn(copy)
    return copy
  }
}
