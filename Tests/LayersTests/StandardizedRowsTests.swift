import GradientCheck
import Layers
import Tensors
import Testing

struct StandardizedRowsTests {
  @Test func rowsHaveMeanZeroAndVarianceOne() {
    #expect(standardizedRows(Tensor([3, 5, 3, 5], [1, 4]), epsilon: 0).values == [-1, 1, -1, 1])
    // A flat row is zero, not infinite.
    #expect(standardizedRows(Tensor([2, 2, 2], [1, 3])).values == [0, 0, 0])
  }

  /// What a layer norm that has not learned anything gives.
  @Test(arguments: [(1, 1), (3, 2), (5, 17), (70, 33), (4, 130)])
  func isALayerNormWithoutWeights(rows: Int, width: Int) {
    let store = ParameterStore()
    let norm = LayerNorm(store.root, width: width, epsilon: 1e-5)
    store.allocate(seed: 1)
    let x = gaussian([rows, width])
    let (ours, theirs) = (standardizedRows(x).values, norm.forward(x).output.values)
    #expect(zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(
      sameBits(
        Parallel.withThreads(1) { standardizedRows(x) }, Parallel.withThreads(3) { standardizedRows(x) }))
  }
}
