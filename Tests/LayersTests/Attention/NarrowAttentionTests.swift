import GradientCheck
import Tensors
import Testing

@testable import Layers

/// Attention whose products are of bfloat16, held against that of float32.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct NarrowAttentionTests {
  /// More than a block of queries and of keys, odd numbers of both, one of each, and the yardstick's head.
  static let shapes =
    DotProductAttentionTests.shapes + [
      .init(clips: 1, queries: 97, keys: 289, heads: 1, headWidth: 17),
      .init(clips: 1, queries: 400, keys: 600, heads: 1, headWidth: 64),
      .init(clips: 2, queries: 13, keys: 301, heads: 2, headWidth: 1, lengths: [301, 290]),
    ]

  /// Every number goes through at most four products and as many roundings to 8 bits, each wrong by at most 2⁻⁸ of itself.
  private static let bound = 4 * 1.0 / 256

  @Test(arguments: shapes, [false, true])
  func outputsAndGradientsAreNearThoseOfFloat32(shape: DotProductAttentionTests.Shape, biased: Bool) {
    let exact = pass(shape, .float32, biased: biased), narrow = pass(shape, .bfloat16, biased: biased)
    for (name, expected) in exact {
      let error = relativeError(narrow[name]!, expected.doubles)
      #expect(error < Self.bound || expected.doubles.allSatisfy { abs($0) < 1e-6 }, "\(name): \(error)")
    }
    // It is another arithmetic indeed.
    #expect(!sameBits(exact["output"]!, narrow["output"]!))
  }

  /// With numbers that bfloat16 holds, and weights of 1, nothing is rounded.
  @Test func whatNeedsNoRoundingIsExact() {
    let layer = DotProductAttention(heads: 1, scale: 1, precision: .bfloat16)
    let (q, k, v) = (Tensor.zeros([3, 4]), Tensor.zeros([1, 4]), Tensor([1, -2.5, 0.125, 96], [1, 4]))
    let (output, saved) = layer.forward(q, k, v, clips: 1)
    #expect(output.values == [1, -2.5, 0.125, 96] + [1, -2.5, 0.125, 96] + [1, -2.5, 0.125, 96])
    let gradients = layer.backward(output, saved, query: q, key: k)
    #expect(gradients.value.values == [3, -7.5, 0.375, 288])
    #expect(gradients.key.values == [0, 0, 0, 0])
  }

  @Test(arguments: [shapes[4], shapes[8]])
  func bitsDoNotDependOnThreads(shape: DotProductAttentionTests.Shape) {
    let one = Parallel.withThreads(1) { pass(shape, .bfloat16, biased: true) }
    let many = Parallel.withThreads(3) { pass(shape, .bfloat16, biased: true) }
    for (name, tensor) in one { #expect(sameBits(tensor, many[name]!), "\(name)") }
  }

  @Test func paddingIsNeverRead() {
    let (q, k, v) = (gaussian([5, 8]), gaussian([9, 8], seed: 2), gaussian([9, 8], seed: 3))
    let layer = DotProductAttention(heads: 2, scale: 0.5, precision: .bfloat16)
    let output = layer.forward(q, k, v, clips: 1, keyLengths: [5]).output
    for row in 5..<9 {
      k.row(row).update(repeating: .nan, count: 8)
      v.row(row).update(repeating: .nan, count: 8)
    }
    let (again, saved) = layer.forward(q, k, v, clips: 1, keyLengths: [5])
    #expect(sameBits(output, again))
    let gradients = layer.backward(output, saved, query: q, key: k)
    #expect(gradients.query.isFinite && gradients.key.isFinite && gradients.value.isFinite)
    #expect(gradients.key.view(at: 5 * 8, [4, 8]).values.allSatisfy { $0 == 0 })
  }

  private func pass(
    _ shape: DotProductAttentionTests.Shape, _ precision: Precision, biased: Bool
  ) -> [String: Tensor] {
    let width = shape.heads * shape.headWidth
    let (q, k) = (
      gaussian([shape.clips * shape.queries, width], seed: 11),
      gaussian([shape.clips * shape.keys, width], seed: 12)
    )
    let v = gaussian([shape.clips * shape.keys, width], seed: 13)
    let bias = biased ? gaussian([shape.heads, shape.queries, shape.keys], seed: 14) : nil
    let layer = DotProductAttention(
      heads: shape.heads, scale: 1 / Float(shape.headWidth).squareRoot(), precision: precision)
    let (output, saved) = layer.forward(
      q, k, v, clips: shape.clips, keyLengths: shape.lengths, bias: bias)
    let biasGradient = bias.map { Tensor.zeros($0.shape) }
    let gradients = layer.backward(
      gaussian(output.shape, seed: 15), saved, query: q, key: k, addingBiasGradientTo: biasGradient)
    var all = [
      "output": output, "query": gradients.query, "key": gradients.key, "value": gradients.value,
    ]
    all["bias"] = biasGradient
    return all
  }
}

/// Blocks of pairs: exact products of the rounded numbers.
@Suite(.enabled(if: OneDNN.multipliesBFloat16, "this processor has no instructions for bfloat16"))
struct PairProductTests {
  @Test(arguments: [(12, 64, 32), (25, 300, 48), (7, 33, 100), (96, 1, 1), (13, 17, 33)], [false, true])
  func productsAreThoseOfTheRoundedNumbers(_ sizes: (m: Int, k: Int, n: Int), transposed: Bool) {
    let (m, k, n) = sizes
    let (a, b) = (rounded([m, k], 1), rounded(transposed ? [n, k] : [k, n], 2))
    let panels = Panels<PairTerm>(numbers: k, columns: n)
    let (memory, scratch) = (Tensor([panels.floats]), Tensor([BlockProduct<PairTerm>.scratch(depth: k)]))
    let block = BlockProduct<PairTerm>(
      panels, filling: memory.pointer, from: b.pointer, stride: b.columns, transposed: transposed)
    let (strip, c) = (Tensor([m, k + 32]), Tensor([m, n]))
    let left = PairTerm.leftFactor(
      rows: m, a.pointer, stride: k, count: k, roundingTo: strip.pointer, stride: k + 32)
    block.multiply(rows: m, left, into: c.pointer, n, scratch: scratch.pointer)
    let expected = (0..<m * n).map { index in
      (0..<k).reduce(0.0) { sum, p in
        let right = transposed ? b.row(index % n)[p] : b.row(p)[index % n]
        return sum + Double(a.row(index / n)[p]) * Double(right)
      }
    }
    #expect(relativeError(c, expected) < 1e-6)
  }

  private func rounded(_ shape: [Int], _ seed: UInt64) -> Tensor {
    gaussian(shape, seed: seed).converted(to: .bfloat16).widened
  }
}
