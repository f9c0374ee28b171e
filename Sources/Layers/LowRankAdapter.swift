import Tensors

/// What LoRA adds to a linear layer.
///
///     y += s · (x Aᵀ) Bᵀ        x [R, in], A [r, in], B [out, r], y [R, out], s = alpha/r
///
/// A starts uniform in ±1/√in and B at zero, so the layer starts as it was. Hu et al., "LoRA: low-rank adaptation of large
/// language models", 2021. Nothing is saved: x Aᵀ [R, r] is made again in backward, which is given x.
struct LowRankAdapter: Sendable {
  /// A [r, in] and B [out, r].
  let down: Parameter, up: Parameter
  /// s.
  let scale: Float
  /// The precision of the factors of its products, in which its inputs are.
  private let precision: Precision

  /// Registers `lora_A.weight` and `lora_B.weight` in the scope, if the store's policy targets the weight; tells the store
  /// of the weight in any case.
  init?(_ scope: Scope, weight: Parameter, inputs: Int, outputs: Int) {
    let store = scope.store
    precision = scope.computePrecision
    guard let lora = store.policy.lora, lora.targets.contains(where: { $0.matches(weight.entry.name) }) else {
      store.linearWeights.append(LinearWeight(index: weight.index, shape: [outputs, inputs], adapter: nil))
      return nil
    }
    down = scope("lora_A").parameter(
      "weight", [lora.rank, inputs], .uniform(deviation(inputs)), role: .adapter)
    up = scope("lora_B").parameter("weight", [outputs, lora.rank], .constant(0), role: .adapter)
    scale = Float(lora.scale)
    store.linearWeights.append(
      LinearWeight(
        index: weight.index, shape: [outputs, inputs], adapter: (down.index, up.index, scale)))
  }

  /// y += s · (x Aᵀ) Bᵀ.
  func addOutput(of input: Tensor, to output: Tensor) {
    multiply(scaledInner(input), transposed: up.value(at: precision), into: output, plus: .output)
  }

  /// d(x Aᵀ) = s · dy B, [R, r]: what both gradients below are made of.
  func innerGradient(_ outputGradient: Tensor) -> Tensor {
    let gradient = Tensor([outputGradient.rows, up.entry.shape[1]])
    multiply(outputGradient, up.value(at: precision), into: gradient)
    gradient.scale(by: scale)
    return gradient.converted(to: precision)
  }

  /// dB += s · dyᵀ (x Aᵀ),  dA += d(x Aᵀ)ᵀ x.
  func addParameterGradients(_ outputGradient: Tensor, innerGradient: Tensor, input: Tensor) {
    if let gradient = up.gradient {
      multiplyAdd(transposed: outputGradient, scaledInner(input), into: gradient)
    }
    if let gradient = down.gradient { multiplyAdd(transposed: innerGradient, input, into: gradient) }
  }

  /// dx += d(x Aᵀ) A.
  func addInputGradient(_ innerGradient: Tensor, to inputGradient: Tensor) {
    multiply(innerGradient, down.value(at: precision), into: inputGradient, plus: .output)
  }

  /// s · x Aᵀ, [R, r].
  private func scaledInner(_ input: Tensor) -> Tensor {
    let inner = Tensor([input.rows, down.entry.shape[0]])
    multiply(input, transposed: down.value(at: precision), into: inner)
    inner.scale(by: scale)
    return inner.converted(to: precision)
  }
}
