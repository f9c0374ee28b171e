import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

struct DotProductAttentionTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let clips: Int, queries: Int, keys: Int, heads: Int, headWidth: Int
    var lengths: [Int]?
    var testDescription: String {
      "\(clips) clips, \(queries) × \(keys) scores, \(heads) heads of \(headWidth), lengths \(lengths ?? [])"
    }
  }

  static let shapes = [
    Shape(clips: 1, queries: 1, keys: 1, heads: 1, headWidth: 1),
    Shape(clips: 2, queries: 5, keys: 1, heads: 3, headWidth: 4),
    Shape(clips: 3, queries: 1, keys: 7, heads: 1, headWidth: 5, lengths: [7, 1, 4]),
    Shape(clips: 1, queries: 64, keys: 16, heads: 2, headWidth: 16),
    Shape(clips: 2, queries: 65, keys: 33, heads: 2, headWidth: 7, lengths: [17, 33]),
    Shape(clips: 1, queries: 150, keys: 70, heads: 3, headWidth: 6),
    Shape(clips: 2, queries: 70, keys: 20, heads: 1, headWidth: 3, lengths: [3, 19]),
  ]

  @Test(arguments: shapes, [false, true])
  func gradientsAreRight(shape: Shape, biased: Bool) {
    let layer = DotProductAttention(heads: shape.heads, scale: 1 / Float(shape.headWidth).squareRoot())
    let (q, k, v, bias) = inputs(shape)
    let (clips, lengths) = (shape.clips, shape.lengths)
    let piece =
      if biased {
        Differentiable(["q": q, "k": k, "v": v, "bias": bias]) { x in
          let (output, saved) = layer.forward(x[0], x[1], x[2], clips: clips, keyLengths: lengths, bias: x[3])
          return (
            output,
            {
              let biasGradient = Tensor.zeros(x[3].shape)
              let gradients = layer.backward(
                $0, saved, query: x[0], key: x[1], addingBiasGradientTo: biasGradient)
              return [gradients.query, gradients.key, gradients.value, biasGradient]
            }
          )
        }
      } else {
        Differentiable(["q": q, "k": k, "v": v]) { x in
          let (output, saved) = layer.forward(x[0], x[1], x[2], clips: clips, keyLengths: lengths)
          return (
            output,
            {
              let gradients = layer.backward($0, saved, query: x[0], key: x[1])
              return [gradients.query, gradients.key, gradients.value]
            }
          )
        }
      }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: shapes, [false, true])
  func outputsAreThoseOfTheFormula(shape: Shape, biased: Bool) {
    let layer = DotProductAttention(heads: shape.heads, scale: 0.7)
    let (q, k, v, bias) = inputs(shape)
    let output = layer.forward(
      q, k, v, clips: shape.clips, keyLengths: shape.lengths, bias: biased ? bias : nil
    ).output
    #expect(relativeError(output, attention(q, k, v, bias: biased ? bias : nil, scale: 0.7, shape)) < 2e-6)
  }

  @Test func aBiasGradientIsAddedTo() {
    let shape = Self.shapes[4]
    let layer = DotProductAttention(heads: shape.heads, scale: 1)
    let (q, k, v, bias) = inputs(shape)
    let (output, saved) = layer.forward(q, k, v, clips: shape.clips, keyLengths: shape.lengths, bias: bias)
    let (fresh, used) = (Tensor.zeros(bias.shape), bias.copied())
    _ = layer.backward(output, saved, query: q, key: k, addingBiasGradientTo: fresh)
    _ = layer.backward(output, saved, query: q, key: k, addingBiasGradientTo: used)
    #expect(relativeError(used, zip(fresh.doubles, bias.doubles).map { $0 + $1 }) < 1e-6)
  }

  @Test func paddingIsNeverRead() {
    let shape = Shape(clips: 2, queries: 5, keys: 9, heads: 2, headWidth: 4, lengths: [4, 9])
    let layer = DotProductAttention(heads: 2, scale: 0.5)
    let (q, k, v, _) = inputs(shape)
    let output = layer.forward(q, k, v, clips: 2, keyLengths: shape.lengths).output
    for row in 4..<9 {
      k.row(row).update(repeating: .nan, count: 8)
      v.row(row).update(repeating: .nan, count: 8)
    }
    let (again, saved) = layer.forward(q, k, v, clips: 2, keyLengths: shape.lengths)
    #expect(sameBits(output, again))
    let gradients = layer.backward(output, saved, query: q, key: k)
    #expect(gradients.query.isFinite && gradients.key.isFinite && gradients.value.isFinite)
    #expect(gradients.key.view(at: 4 * 8, [5, 8]).values.allSatisfy { $0 == 0 })
  }

  @Test func largeScoresDoNotOverflow() {
    let shape = Self.shapes[4]
    let layer = DotProductAttention(heads: shape.heads, scale: 300)
    let (q, k, v, _) = inputs(shape)
    let (output, saved) = layer.forward(q, k, v, clips: shape.clips, keyLengths: shape.lengths)
    let gradients = layer.backward(output, saved, query: q, key: k)
    #expect(output.isFinite && gradients.query.isFinite && gradients.key.isFinite && gradients.value.isFinite)
    #expect(relativeError(output, attention(q, k, v, bias: nil, scale: 300, shape)) < 1e-3)
  }

  private func inputs(_ shape: Shape) -> (q: Tensor, k: Tensor, v: Tensor, bias: Tensor) {
    let width = shape.heads * shape.headWidth
    return (
      gaussian([shape.clips * shape.queries, width], seed: 11),
      gaussian([shape.clips * shape.keys, width], seed: 12),
      gaussian([shape.clips * shape.keys, width], seed: 13),
      gaussian([shape.heads, shape.queries, shape.keys], seed: 14)
    )
  }

  /// The formula, one output number at a time, in double precision.
  private func attention(
    _ q: Tensor, _ k: Tensor, _ v: Tensor, bias: Tensor?, scale: Double, _ shape: Shape
  ) -> [Double] {
    let (width, size) = (shape.heads * shape.headWidth, shape.headWidth)
    var output = Array(repeating: 0.0, count: q.count)
    for clip in 0..<shape.clips {
      for head in 0..<shape.heads {
        for i in 0..<shape.queries {
          let query = q.row(clip * shape.queries + i) + head * size
          let keys = 0..<(shape.lengths?[clip] ?? shape.keys)
          let scores = keys.map { j -> Double in
            let key = k.row(clip * shape.keys + j) + head * size
            let product = (0..<size).reduce(0.0) { $0 + Double(query[$1]) * Double(key[$1]) }
            return scale * product + Double(bias?.row(head * shape.queries + i)[j] ?? 0)
          }
          let weights = scores.map { exp($0 - scores.max()!) }
          let total = weights.reduce(0, +)
          for c in 0..<size {
            output[(clip * shape.queries + i) * width + head * size + c] = keys.reduce(0.0) {
              $0 + weights[$1] / total * Double(v.row(clip * shape.keys + $1)[head * size + c])
            }
          }
        }
      }
    }
    return output
  }
}
