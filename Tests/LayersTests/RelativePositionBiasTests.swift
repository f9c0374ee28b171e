import GradientCheck
import Layers
import Tensors
import Testing

struct RelativePositionBiasTests {
  @Test(arguments: [
    (length: 1, heads: 1, buckets: 32, farthest: 128), (5, 3, 32, 128), (17, 2, 8, 10), (70, 1, 32, 40),
    (12, 5, 4, 3),
  ])
  func gradientsAreRight(sizes: (length: Int, heads: Int, buckets: Int, farthest: Int)) {
    let store = ParameterStore()
    let layer = RelativePositionBias(
      store.root, heads: sizes.heads, buckets: sizes.buckets, maximumDistance: sizes.farthest)
    let piece = Differentiable([:], store) { _ in
      (
        layer.forward(length: sizes.length),
        {
          layer.backward($0)
          return []
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  /// Distances 0…7 have a bucket each; from there on buckets begin at 8·16^(i/8), and from 91 on it is the last one. Values of
  /// `T5Attention._relative_position_bucket(distance, bidirectional=True, num_buckets=32, max_distance=128)`.
  @Test(arguments: [
    (0, 0), (-1, 1), (-7, 7), (-8, 8), (-11, 8), (-12, 9), (-15, 9), (-16, 10), (-22, 10), (-23, 11),
    (-31, 11),
    (-32, 12), (-45, 12), (-46, 13), (-63, 13), (-64, 14), (-90, 14), (-91, 15), (-128, 15), (-5000, 15),
    (1, 17),
    (7, 23), (8, 24), (16, 26), (32, 28), (64, 30), (91, 31), (5000, 31),
  ])
  func bucketsAreThoseOfT5(distance: Int, bucket: Int) {
    let layer = RelativePositionBias(ParameterStore().root, heads: 1)
    #expect(layer.bucket(distance) == bucket)
  }

  @Test func eachHeadReadsItsColumn() {
    let store = ParameterStore()
    let layer = RelativePositionBias(store.root, heads: 2)
    store.allocate(seed: 1)
    let (bias, table) = (layer.forward(length: 3), layer.weight.value)
    for (head, i, j) in [(0, 0, 0), (1, 0, 2), (0, 2, 1), (1, 1, 0)] {
      #expect(bias.row(head * 3 + i)[j] == table.row(layer.bucket(j - i))[head])
    }
  }
}
