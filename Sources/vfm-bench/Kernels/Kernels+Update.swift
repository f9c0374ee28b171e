import Layers
import Models
import Tensors
import Training

extension Kernels {
  /// What a step does with all parameters once its gradients are known, and before.
  static func update(_ model: BenchModel) -> [Kernel] {
    let parameters = ParameterStore()
    _ = VideoDiffusionTransformer(parameters.root, model.configuration)
    parameters.allocate(seed: 0)
    parameters.gradients.fillGaussian(seed: 0, purpose: .check, step: 0)
    let n = parameters.bufferCount
    func optimizer(averageDecay: Double) -> AdamW {
      AdamW(
        parameters,
        .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01, averageDecay: averageDecay))
    }
    let (plain, averaging) = (optimizer(averageDecay: 0), optimizer(averageDecay: 0.999))
    return [
      Kernel("gradient's norm", .memory(reading: n, writing: 0)) { _ = parameters.gradients.sumOfSquares },
      Kernel("AdamW", .memory(reading: 4 * n, writing: 3 * n)) { plain.update(rate: 1e-6, gradientScale: 1) },
      Kernel("AdamW with average", .memory(reading: 5 * n, writing: 4 * n)) {
        averaging.update(rate: 1e-6, gradientScale: 1)
      },
      Kernel("zero the gradients", .memory(reading: 0, writing: n)) { parameters.zeroGradients() },
    ]
  }
}
