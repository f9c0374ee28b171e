import Tensors

/// A product of some shape as layers compute it, by `multiply`, on tensors of its own.
struct OwnProduct {
  let shape: ProductShape
  private let a: Tensor, b: Tensor, c: Tensor

  init(_ shape: ProductShape) {
    self.shape = shape
    let (m, n, k) = (shape.rows, shape.columns, shape.terms)
    func factor(_ sizes: [Int]) -> Tensor {
      let factor = Tensor(sizes)
      factor.fill(0.01)
      return factor.converted(to: shape.precision)
    }
    a = factor(shape.form == .weightGradient ? [k, m] : [m, k])
    b = factor(shape.form == .forward ? [n, k] : [k, n])
    c = Tensor.zeros([m, n])
  }

  func run() {
    switch shape.form {
    case .forward: multiply(a, transposed: b, into: c)
    case .inputGradient: multiply(a, b, into: c)
    case .weightGradient: multiplyAdd(transposed: a, b, into: c)
    }
  }
}
