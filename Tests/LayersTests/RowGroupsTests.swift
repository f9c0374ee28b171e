import GradientCheck
import Layers
import Tensors
import Testing

struct RowGroupsTests {
  @Test func aRowIsRepeatedWhateverItsShape() {
    let rows = repeatedRow(Tensor([1, -2, 3], [1, 1, 3]), 2)
    #expect(rows.shape == [2, 3] && rows.values == [1, -2, 3, 1, -2, 3])
  }

  @Test(arguments: [(1, 1), (3, 5), (70, 33), (4, 130)])
  func gradientsAreRight(rows: Int, width: Int) {
    let inputs: KeyValuePairs = [
      "left": gaussian([rows, width]), "right": gaussian([rows, width], seed: 2),
    ]
    let both = Differentiable(inputs) { inputs in
      (
        sideBySide(inputs[0], inputs[1]),
        { gradient in
          let halves = (0...1).map { side in
            Tensor(
              (0..<rows).flatMap { r in (0..<width).map { gradient.row(r)[side * width + $0] } },
              [rows, width])
          }
          return halves
        }
      )
    }
    #expect(gradientProblems(of: both) == [])
    let twice = Differentiable(["x": gaussian([rows, width])]) { inputs in
      (sideBySide(inputs[0], inputs[0]), { [halvesAdded($0)] })
    }
    #expect(gradientProblems(of: twice) == [])
    let added = Differentiable(["row": gaussian([1, width]), "rows": gaussian([rows, width])]) { inputs in
      (
        addingRow(inputs[0], to: inputs[1]),
        { gradient in
          let sums = Tensor.zeros([1, width])
          addColumnSums(of: gradient, to: sums)
          return [sums, gradient]
        }
      )
    }
    #expect(gradientProblems(of: added) == [])
    let grouped = Differentiable(["rows": gaussian([rows, width]), "x": gaussian([3 * rows, width])]) {
      inputs in
      let x = inputs[1].copied()
      addToGroups(inputs[0], x)
      return (x, { [groupSums($0, groups: rows), $0] })
    }
    #expect(gradientProblems(of: grouped) == [])
  }

  @Test func rowsComeWhereTheyBelong() {
    let (a, b) = (Tensor([1, 2, 3, 4], [2, 2]), Tensor([5, 6, 7, 8], [2, 2]))
    #expect(sideBySide(a, b).values == [1, 2, 5, 6, 3, 4, 7, 8])
    #expect(halvesAdded(sideBySide(a, b)).values == [6, 8, 10, 12])
    #expect(addingRow(Tensor([10, 20], [2]), to: a).values == [11, 22, 13, 24])
    let x = Tensor([0, 0, 1, 1, 0, 0, 1, 1], [4, 2])
    #expect(groupSums(x, groups: 2).values == [1, 1, 1, 1])
    addToGroups(a, x)
    #expect(x.values == [1, 2, 2, 3, 3, 4, 4, 5])
  }
}
