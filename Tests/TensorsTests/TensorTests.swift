import Tensors
import Testing

struct TensorTests {
  @Test func shapesHaveRowsAndColumns() {
    let tensor = Tensor([2, 3, 4])
    #expect(tensor.count == 24 && tensor.rows == 6 && tensor.columns == 4)
    #expect(tensor.row(5) - tensor.pointer == 20)
    #expect(Tensor([]).count == 1 && Tensor([]).rows == 1)
    #expect(Tensor([3, 0]).rows == 0 && Tensor([0, 3]).rows == 0)
  }

  @Test func viewsAndShapesShareMemory() {
    let tensor = Tensor([0, 1, 2, 3, 4, 5], [2, 3])
    tensor.view(at: 1, [2]).fill(9)
    #expect(tensor.values == [0, 9, 9, 3, 4, 5])
    #expect(tensor.view(at: 2, [4]).view(at: 1, [3]).values == [3, 4, 5])
    tensor.reshaped([6]).view(at: 5, [1]).fill(7)
    #expect(tensor.values.last == 7)
  }

  @Test func aViewKeepsItsMemory() {
    let view = Tensor([1, 2, 3, 4], [4]).view(at: 2, [2])
    let other = Tensor([4])
    other.fill(0)
    #expect(view.values == [3, 4])
  }

  @Test func noValuesMakeATensorToo() {
    #expect(Tensor([], [0]).values.isEmpty)
    #expect(Tensor([], [3, 0]).isFinite)
  }

  @Test(arguments: [1, 5, 1000, 100_000])
  func memoryIsAlignedToCacheLines(count: Int) {
    #expect(UInt(bitPattern: Tensor([count]).pointer) % 64 == 0)
  }
}
