import Layers
import Tensors

/// The kernels that the transformer is made of, at the sizes of a model.
enum Kernels {
  /// Random numbers, the same for the same shape.
  static func random(_ shape: [Int]) -> Tensor {
    let tensor = Tensor(shape)
    tensor.fillGaussian(seed: 0, purpose: .check, step: 0)
    return tensor
  }

  /// The linear layers' products in all three forms, and both passes of attention.
  static func products(_ model: BenchModel) -> [Kernel] {
    let rows = model.clips * model.tokensPerClip
    let sizes = [(model.width, model.width), (4 * model.width, model.width), (model.width, 4 * model.width)]
    let linear = sizes.flatMap { outputs, inputs in
      [
        ProductShape(.forward, rows: rows, columns: outputs, terms: inputs, model.precision),
        ProductShape(.inputGradient, rows: rows, columns: inputs, terms: outputs, model.precision),
        ProductShape(.weightGradient, rows: outputs, columns: inputs, terms: rows, model.precision),
      ]
    }
    return linear.map { shape in
      let product = OwnProduct(shape)
      return Kernel(
        "product, \(shape)", .arithmetic(operations: shape.operations)
      ) { product.run() }
    } + attention("self-attention", model, keys: model.tokensPerClip)
      + attention("cross-attention", model, keys: BenchModel.textTokens)
  }

  private static func attention(_ name: String, _ model: BenchModel, keys: Int) -> [Kernel] {
    let rows = model.clips * model.tokensPerClip
    let layer = DotProductAttention(
      heads: model.heads, scale: 1 / Float(model.width / model.heads).squareRoot(),
      precision: model.precision)
    let (query, gradient) = (random([rows, model.width]), random([rows, model.width]))
    let (key, value) = (
      random([model.clips * keys, model.width]), random([model.clips * keys, model.width])
    )
    let saved = layer.forward(query, key, value, clips: model.clips).saved
    // One product of the scores' size over all heads.
    let scores = 2 * rows * keys * model.width
    return [
      Kernel("\(name) forward", .arithmetic(operations: 2 * scores)) {
        _ = layer.forward(query, key, value, clips: model.clips)
      },
      Kernel("\(name) backward", .arithmetic(operations: 5 * scores)) {
        _ = layer.backward(gradient, saved, query: query, key: key)
      },
    ]
  }
}
