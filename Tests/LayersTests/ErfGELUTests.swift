import Foundation
import GradientCheck
import Layers
import Tensors
import Testing

struct ErfGELUTests {
  @Test(arguments: ActivationsTests.shapes)
  func gradientsAreRight(shape: [Int]) {
    let input = gaussian(shape)
    input.scale(by: 2)
    #expect(gradientProblems(of: Differentiable(ErfGELU(), input: input)) == [])
  }

  @Test func valuesAreThoseOfTheDefinition() {
    let x = Tensor((-400...400).map { Float($0) / 40 }, [801])
    let (values, _) = ErfGELU().forward(x)
    let slopes = ErfGELU().backward(Tensor(Array(repeating: 1, count: 801), [801]), x)
    for (i, v) in x.doubles.enumerated() {
      let share = 0.5 * erfc(-v / 2.0.squareRoot())
      let slope = share + v * exp(-v * v / 2) / (2 * Double.pi).squareRoot()
      #expect(abs(Double(values.values[i]) - v * share) < 3e-7 * max(1, abs(v)), "gelu(\(v))")
      #expect(abs(Double(slopes.values[i]) - slope) < 1e-6, "gelu′(\(v))")
    }
  }

  @Test func hugeNumbersStayFinite() {
    let x = Tensor([-1e15, -1000, -100, 100, 1000, 1e15], [6])
    let ones = Tensor(Array(repeating: 1, count: 6), [6])
    // What is left of the exponential at its least argument, 1.6e-38, may stand in place of zero.
    for (value, expected) in zip(
      ErfGELU().forward(x).output.doubles, [0, 0, 0, 100, 1000, Double(Float(1e15))])
    {
      #expect(abs(value - expected) < 1e-20)
    }
    for (slope, expected) in zip(ErfGELU().backward(ones, x).doubles, [0.0, 0, 0, 1, 1, 1]) {
      #expect(abs(slope - expected) < 1e-20)
    }
  }
}
