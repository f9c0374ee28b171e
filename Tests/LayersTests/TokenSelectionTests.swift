import GradientCheck
import Layers
import Tensors
import Testing

struct TokenSelectionTests {
  static let selections = [
    TokenSelection([[0]], of: 1), TokenSelection([[2, 0], [1, 2]], of: 3),
    TokenSelection([[0, 1, 2, 3, 4, 5, 6]], of: 7), TokenSelection([[16], [3], [0]], of: 17),
    TokenSelection([Array(stride(from: 0, to: 90, by: 2)), Array(45..<90)], of: 90),
  ]

  @Test(arguments: selections, [1, 5, 33])
  func gradientsAreRight(selection: TokenSelection, width: Int) {
    let piece = Differentiable(["x": gaussian([selection.clips * selection.tokens, width])]) { inputs in
      (selection.forward(inputs[0]), { [selection.backward($0)] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func takesTheRowsOfEachClipInOrder() {
    let selection = TokenSelection([[2, 0], [1, 2]], of: 3)
    let x = Tensor([0, 1, 2, 10, 11, 12], [6, 1])
    #expect(selection.forward(x).values == [2, 0, 11, 12])
    #expect(selection.backward(Tensor([5, 6, 7, 8], [4, 1])).values == [6, 0, 5, 0, 7, 8])
  }

  @Test(arguments: [(1, 1, 1), (2, 3, 1), (3, 0, 4), (2, 33, 20), (5, 7, 130)])
  func joiningAndPartingAreEachOthersGradient(clips: Int, first: Int, second: Int) {
    let inputs: KeyValuePairs = [
      "a": gaussian([clips * first, 9]), "b": gaussian([clips * second, 9], seed: 2),
    ]
    let piece = Differentiable(inputs) { inputs in
      (
        groupsJoined(inputs[0], inputs[1], clips: clips),
        {
          let (a, b) = groupsParted($0, first: first, clips: clips)
          return [a, b]
        }
      )
    }
    #expect(first == 0 || gradientProblems(of: piece) == [])
    let (a, b) = (inputs[0].value, inputs[1].value)
    let (back, rest) = groupsParted(groupsJoined(a, b, clips: clips), first: first, clips: clips)
    #expect(back.values == a.values && rest.values == b.values)
  }

  @Test func groupsAreScaledEachByItsOwnFactor() {
    let x = Tensor([1, 2, 3, 4, 5, 6], [6, 1])
    scaleGroups(x, by: [2, 0, -1])
    #expect(x.values == [2, 4, 0, 0, -5, -6])
  }
}
