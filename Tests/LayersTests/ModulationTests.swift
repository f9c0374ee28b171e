import GradientCheck
import Layers
import Tensors
import Testing

struct ModulationTests {
  struct Shape: Sendable {
    let groups: Int, rowsPerGroup: Int, width: Int, vectors: Int
  }

  static let shapes = [
    Shape(groups: 1, rowsPerGroup: 1, width: 1, vectors: 2),
    Shape(groups: 2, rowsPerGroup: 3, width: 5, vectors: 2),
    Shape(groups: 3, rowsPerGroup: 1, width: 16, vectors: 6),
    Shape(groups: 1, rowsPerGroup: 70, width: 33, vectors: 3),
    Shape(groups: 5, rowsPerGroup: 7, width: 130, vectors: 6),
  ]

  @Test(arguments: shapes)
  func gradientsOfTheModulatedNormAreRight(shape: Shape) {
    let layer = ModulatedNorm(shift: shape.vectors - 1, scale: 0)
    let piece = Differentiable(["x": rows(shape), "vectors": vectors(shape)]) { inputs in
      let vectors = ModulationVectors(inputs[1], width: shape.width)
      let (output, saved) = layer.forward(inputs[0], by: vectors)
      return (
        output,
        {
          let slots = ModulationVectors(.zeros(inputs[1].shape), width: shape.width)
          return [layer.backward($0, saved, by: vectors, into: slots), slots.vectors]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: shapes)
  func modulatesNormalRows(shape: Shape) {
    let (x, table) = (rows(shape), vectors(shape))
    let layer = ModulatedNorm(shift: 1, scale: 0)
    let vectors = ModulationVectors(table, width: shape.width)
    let (output, saved) = layer.forward(x, by: vectors)
    let expected = normalRows(of: x).enumerated().map { i, normal in
      let group = table.row(i / shape.width / shape.rowsPerGroup)
      return normal * (1 + Double(group[i % shape.width])) + Double(group[shape.width + i % shape.width])
    }
    #expect(relativeError(output, expected) < 3e-6)
    #expect(sameBits(layer.output(of: saved, by: vectors), output))
  }

  @Test(arguments: shapes)
  func gradientsOfTheGatedResidualAreRight(shape: Shape) {
    let layer = GatedResidual(gate: 1)
    let branch = gaussian(rows(shape).shape, seed: 9)
    let piece = Differentiable(["x": rows(shape), "branch": branch, "vectors": vectors(shape)]) { inputs in
      let vectors = ModulationVectors(inputs[2], width: shape.width)
      let (output, saved) = layer.forward(inputs[0], inputs[1], by: vectors)
      return (
        output,
        {
          let slots = ModulationVectors(.zeros(inputs[2].shape), width: shape.width)
          return [$0, layer.backward($0, saved, by: vectors, into: slots), slots.vectors]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func eachGroupHasItsVectors() {
    let x = Tensor([1, 2, 3, 4], [4, 1])
    let vectors = ModulationVectors(Tensor([10, 1, 20, 2], [2, 2]), width: 1)
    #expect(GatedResidual(gate: 1).forward(x, x, by: vectors).output.values == [2, 4, 9, 12])
  }

  private func rows(_ shape: Shape) -> Tensor { gaussian([shape.groups * shape.rowsPerGroup, shape.width]) }
  private func vectors(_ shape: Shape) -> Tensor {
    gaussian([shape.groups, shape.vectors * shape.width], seed: 8)
  }
}
