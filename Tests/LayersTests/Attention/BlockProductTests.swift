import GradientCheck
import Tensors
import Testing

@testable import Layers

struct BlockProductTests {
  @Test(arguments: [1, 5, 12, 13, 30, 47], [false, true])
  func blocksMayHaveStrides(rows: Int, copying: Bool) {
    // Columns 2..<7 of a times columns 1..<6 of the rows of b, into columns 3..<20 of c.
    let (a, b, c) = (gaussian([rows, 9]), gaussian([17, 11], seed: 2), Tensor.zeros([rows, 24]))
    let panels = Panels<FloatTerm>(numbers: 5, columns: 17)
    let (memory, scratch) = (Tensor([panels.floats]), Tensor([BlockProduct<FloatTerm>.scratch(depth: 5)]))
    let block = BlockProduct<FloatTerm>(
      panels, filling: memory.pointer, from: b.pointer + 1, stride: 11, transposed: true)
    for pass in 1...2 {
      block.multiply(
        rows: rows, LeftFactor(a.pointer + 2, row: 9), into: c.pointer + 3, 24, adding: pass == 2,
        copying: copying, scratch: scratch.pointer)
      for i in 0..<rows {
        for j in 0..<17 {
          let expected = (0..<5).reduce(0.0) { $0 + Double(a.row(i)[2 + $1]) * Double(b.row(j)[1 + $1]) }
          #expect(abs(Double(c.row(i)[3 + j]) - Double(pass) * expected) < 1e-5)
        }
        #expect(c.row(i)[2] == 0 && c.row(i)[20] == 0)
      }
    }
  }

  /// Whole, half and part panels; the left factor's rows or columns side by side in memory.
  @Test(arguments: [(12, 64, 32), (25, 300, 48), (7, 33, 100), (96, 1, 1)], [false, true])
  func productsAreThoseOfTheFormula(_ sizes: (m: Int, k: Int, n: Int), standing: Bool) {
    let (m, k, n) = sizes
    let (a, b, c) = (gaussian(standing ? [k, m] : [m, k]), gaussian([k, n], seed: 2), Tensor([m, n]))
    let panels = Panels<FloatTerm>(numbers: k, columns: n)
    let (memory, scratch) = (Tensor([panels.floats]), Tensor([BlockProduct<FloatTerm>.scratch(depth: k)]))
    BlockProduct<FloatTerm>(panels, filling: memory.pointer, from: b.pointer, stride: n).multiply(
      rows: m, LeftFactor(a.pointer, row: standing ? 1 : k, step: standing ? m : 1), into: c.pointer, n,
      scratch: scratch.pointer)
    let expected = (0..<m * n).map { index in
      (0..<k).reduce(0.0) { sum, p in
        let left = standing ? a.row(p)[index / n] : a.row(index / n)[p]
        return sum + Double(left) * Double(b.row(p)[index % n])
      }
    }
    #expect(relativeError(c, expected) < 1e-6)
  }
}
