import Layers
import Tensors

/// Two causal convolutions past which the clip goes on unchanged, or through a pointwise convolution where widths differ.
///
///     y = shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))))))        x [B, F, H, W, C], y [B, F, H, W, out]
struct CausalResidualBlock {
  private let norm1: NormSiLU, norm2: NormSiLU
  private let conv1: Convolution, conv2: Convolution
  private let shortcut: Convolution?

  init(_ scope: Scope, _ inputs: Int, _ outputs: Int, _ starts: AutoencoderStarts) {
    norm1 = NormSiLU(scope("norm1"), channels: inputs)
    conv1 = Convolution(scope("conv1"), inputs, outputs, .causal)
    norm2 = NormSiLU(scope("norm2"), channels: outputs)
    conv2 = Convolution(scope("conv2"), outputs, outputs, .causal, start: starts.residual)
    shortcut =
      inputs == outputs
      ? nil : Convolution(scope("conv_shortcut"), inputs, outputs, .pointwise, start: starts.shortcut)
  }

  /// What backward reads: what each norm was given. What the convolutions were given is made again.
  struct Saved {
    let norm1: NormSiLU.Saved, norm2: NormSiLU.Saved
    let input: Tensor
  }

  func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let (a, norm1Saved) = norm1.forward(input)
    let (b, norm2Saved) = norm2.forward(conv1.forward(a).output)
    let output = conv2.forward(b).output
    output.add(shortcut?.forward(input).output ?? input)
    return (output, Saved(norm1: norm1Saved, norm2: norm2Saved, input: input))
  }

  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let hiddenGradient = backward(outputGradient, conv2, norm2, saved.norm2)
    let inputGradient = backward(hiddenGradient, conv1, norm1, saved.norm1)
    inputGradient.add(
      shortcut.map { $0.backward(outputGradient, .init(input: saved.input)) } ?? outputGradient)
    return inputGradient
  }

  /// Past a convolution and the norm in front of it, whose output is made again.
  private func backward(
    _ gradient: Tensor, _ convolution: Convolution, _ norm: NormSiLU, _ saved: NormSiLU.Saved
  ) -> Tensor {
    let input = norm.output(of: saved)
    return norm.backward(convolution.backward(gradient, .init(input: input)), saved)
  }

  func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    let hidden = conv1.next(norm1.forward(part).output, in: stream)
    let output = conv2.next(norm2.forward(hidden).output, in: stream)
    output.add(shortcut?.forward(part).output ?? part)
    return output
  }
}

/// The coarsest level's middle: a residual block, attention inside each frame, a residual block.
struct AutoencoderMiddle {
  private let first: CausalResidualBlock, last: CausalResidualBlock
  private let attention: FrameAttention

  init(_ scope: Scope, channels: Int, _ starts: AutoencoderStarts) {
    attention = FrameAttention(scope("attentions")(0), channels: channels)
    first = CausalResidualBlock(scope("resnets")(0), channels, channels, starts)
    last = CausalResidualBlock(scope("resnets")(1), channels, channels, starts)
  }

  struct Saved {
    let first: CausalResidualBlock.Saved, last: CausalResidualBlock.Saved
    let attention: FrameAttention.Saved
  }

  func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let (a, firstSaved) = first.forward(input)
    let (b, attentionSaved) = attention.forward(a)
    let (output, lastSaved) = last.forward(b)
    return (output, Saved(first: firstSaved, last: lastSaved, attention: attentionSaved))
  }

  func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    first.backward(
      attention.backward(last.backward(outputGradient, saved.last), saved.attention), saved.first)
  }

  func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    last.next(attention.forward(first.next(part, in: stream)).output, in: stream)
  }
}
