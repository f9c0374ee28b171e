import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

struct ActivationsTests {
  /// The last one fills more than one tile.
  static let shapes = [[1], [3, 5], [16], [7, 1, 3], [40, 33], [3, 5500]]

  @Test(arguments: shapes)
  func gradientsOfTanhGELUAreRight(shape: [Int]) {
    #expect(gradientProblems(of: Differentiable(TanhGELU(), input: wide(shape))) == [])
  }

  @Test(arguments: shapes)
  func gradientsOfSiLUAreRight(shape: [Int]) {
    #expect(gradientProblems(of: Differentiable(SiLU(), input: wide(shape))) == [])
  }

  @Test(arguments: shapes)
  func gradientsOfGatedGELUAreRight(shape: [Int]) {
    let layer = GatedGELU()
    let piece = Differentiable(["gate": wide(shape), "value": gaussian(shape, seed: 2)]) { inputs in
      let (output, saved) = layer.forward(inputs[0], inputs[1])
      return (
        output,
        {
          let gradients = layer.backward($0, saved)
          return [gradients.gate, gradients.value]
        }
      )
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test func valuesAreThoseOfTheFormulas() {
    let x = Tensor((-200...200).map { Float($0) / 20 }, [401])
    let gelu = x.doubles.map {
      0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    }
    let silu = x.doubles.map { $0 / (1 + exp(-$0)) }
    #expect(relativeError(TanhGELU().forward(x).output, gelu) < 1e-6)
    #expect(relativeError(SiLU().forward(x).output, silu) < 1e-6)
    #expect(relativeError(GatedGELU().forward(x, x).output, zip(gelu, x.doubles).map { $0 * $1 }) < 1e-6)
  }

  @Test func hugeNumbersStayFinite() {
    let x = Tensor([-1e15, -1e10, -1000, -100, 100, 1000], [6])
    let ones = Tensor([1, 1, 1, 1, 1, 1], [6])
    #expect(TanhGELU().forward(x).output.values == [0, 0, 0, 0, 100, 1000])
    #expect(SiLU().forward(x).output.values == [0, 0, 0, 0, 100, 1000])
    #expect(TanhGELU().backward(ones, x).values == [0, 0, 0, 0, 1, 1])
    #expect(SiLU().backward(ones, x).values == [0, 0, 0, 0, 1, 1])
  }

  /// Numbers that reach into the flat and the steep parts.
  private func wide(_ shape: [Int]) -> Tensor {
    let tensor = gaussian(shape)
    tensor.scale(by: 2)
    return tensor
  }
}
