import Layers
import Models
import Optimizers
import Tensors

extension Kernels {
  /// What a step does with all parameters once its gradients are known, and before.
  static func update(_ model: BenchModel) -> [Kernel] {
    let parameters = ParameterStore()
    _ = VideoDiffusionTransformer(parameters.root, model.configuration)
    parameters.allocate(seed: 0, withAverage: true)
    parameters.gradients.fillGaussian(seed: 0, purpose: .check, step: 0)
    let n = parameters.bufferCount
    let optimizer = AdamW(parameters, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01))
    return [
      Kernel("gradient's norm", .memory(reading: n, writing: 0)) { _ = parameters.gradients.sumOfSquares },
      Kernel("AdamW", .memory(reading: 4 * n, writing: 3 * n)) {
        optimizer.update(rate: 1e-6, gradientScale: 1)
      },
      Kernel("average", .memory(reading: 2 * n, writing: n)) { parameters.updateAverage(keeping: 0.999) },
      Kernel("zero the gradients", .memory(reading: 0, writing: n)) { parameters.zeroGradients() },
    ]
  }
}
