import Tensors

/// Widens each token, applies the activation and narrows it again.
///
///     y = W₂ gelu(W₁ x + b₁) + b₂        x [R, in], hidden [R, M], y [R, out]
public struct FeedForward {
  /// W₁ [M, in] and W₂ [out, M].
  public let widen: Linear, narrow: Linear
  private let activation: any RemadeActivation

  /// The two scopes hold W₁ and W₂.
  /// - Parameter initialNarrow: how W₂ starts, if not as W₁.
  public init(
    widen widenScope: Scope, narrow narrowScope: Scope, _ inputs: Int, hidden: Int, outputs: Int,
    initial: InitialValue = .xavierUniform, initialNarrow: InitialValue? = nil,
    activation: any RemadeActivation = TanhGELU()
  ) {
    widen = Linear(widenScope, inputs, hidden, initial: initial)
    narrow = Linear(narrowScope, hidden, outputs, initial: initialNarrow ?? initial)
    self.activation = activation
  }

  /// What backward reads beside the input, which the caller may keep or make again.
  public struct Saved {
    let hidden: Tensor

    /// The same at a precision.
    public func converted(to precision: Precision) -> Saved {
      Saved(hidden: hidden.converted(to: precision))
    }
  }

  /// x [R, in] to y [R, out].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let hidden = widen.forward(input).output
    let activated = activation.output(of: hidden, as: narrow.precision)
    return (narrow.forward(activated).output, Saved(hidden: hidden))
  }

  /// From dy [R, out] to dx [R, in]; `input` is what forward was given. The activation's output is made again: R·M
  /// floats less to keep, and no pass more than backward takes anyway.
  public func backward(_ outputGradient: Tensor, _ saved: Saved, input: Tensor) -> Tensor {
    widen.backward(backwardToHidden(outputGradient, saved), .init(input: input))
  }

  /// Backward where nobody reads the gradient of the input.
  public func addParameterGradients(_ outputGradient: Tensor, _ saved: Saved, input: Tensor) {
    widen.addParameterGradients(backwardToHidden(outputGradient, saved), .init(input: input))
  }

  private func backwardToHidden(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let gradient = narrow.begin(outputGradient)
    let hiddenGradient = narrow.inputGradient(gradient)
    let activated = activation.outputAndBackward(
      scaling: hiddenGradient, saved.hidden, as: narrow.precision)
    narrow.addParameterGradients(gradient, .init(input: activated))
    return hiddenGradient
  }
}

/// T5's feed-forward: one projection gates the other; no biases.
///
///     y = Wo (gelu(W₀ x) · (W₁ x))        x [R, D], hidden [R, M], y [R, D]
public struct GatedFeedForward: Layer {
  /// W₀ and W₁ [M, D], Wo [D, M].
  public let gate: Linear, value: Linear, narrow: Linear
  private let activation = GatedGELU()

  /// Registers `wi_0`, `wi_1` and `wo` in the scope, with T5's initial deviations.
  public init(_ scope: Scope, width: Int, hidden: Int) {
    let (into, out) = (InitialValue.normal(deviation(width)), InitialValue.normal(deviation(hidden)))
    gate = Linear(scope("wi_0"), width, hidden, bias: false, initial: into)
    value = Linear(scope("wi_1"), width, hidden, bias: false, initial: into)
    narrow = Linear(scope("wo"), hidden, width, bias: false, initial: out)
  }

  /// What backward reads.
  public struct Saved {
    let gate: Linear.Saved, value: Linear.Saved, activation: GatedGELU.Saved, narrow: Linear.Saved
  }

  /// x [R, D] to y [R, D].
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let (a, gateSaved) = gate.forward(input)
    let (b, valueSaved) = value.forward(input)
    let (hidden, activationSaved) = activation.forward(a, b, as: narrow.precision)
    let (output, narrowSaved) = narrow.forward(hidden)
    return (
      output,
      Saved(gate: gateSaved, value: valueSaved, activation: activationSaved, narrow: narrowSaved)
    )
  }

  /// From dy to dx: x forked into the gate and the value, so theirs are added.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let hiddenGradient = narrow.backward(outputGradient, saved.narrow)
    let (aGradient, bGradient) = activation.backward(hiddenGradient, saved.activation)
    let inputGradient = value.backward(bGradient, saved.value)
    gate.addBackward(aGradient, saved.gate, to: inputGradient)
    return inputGradient
  }
}
