import Tensors

/// Each pixel looks at all pixels of its frame, with one head over all channels.
///
///     y = x + Wo attend(q, k, v) + bo,   (q ‖ k ‖ v) = Wqkv norm(x) + bqkv        x [B, F, H, W, C]
///
/// As in Wan's autoencoder.
public struct FrameAttention: Layer {
  private let norm: NormSiLU
  private let project: Convolution, output: Convolution
  private let attention: DotProductAttention

  /// Registers `norm`, `to_qkv` and `proj` in the scope; `proj` starts at zero.
  public init(_ scope: Scope, channels: Int) {
    norm = NormSiLU(scope("norm"), channels: channels, axes: 2, isActivated: false)
    project = Convolution(scope("to_qkv"), channels, 3 * channels, .pointwise, kernelAxes: 2)
    output = Convolution(scope("proj"), channels, channels, .pointwise, kernelAxes: 2, start: .zeroWeight)
    attention = DotProductAttention(
      heads: 1, scale: deviation(channels), precision: scope.computePrecision)
  }

  /// What backward reads: the norm, queries and keys are made again.
  public struct Saved {
    let norm: NormSiLU.Saved
    let attention: DotProductAttention.Saved
    let mixed: Tensor
  }

  /// x to y.
  public func forward(_ input: Tensor) -> (output: Tensor, saved: Saved) {
    let (normed, normSaved) = norm.forward(input)
    let (q, k, v) = thirds(of: project.forward(normed, after: nil))
    let (mixed, attentionSaved) = attention.forward(q, k, v, clips: input.shape[0] * input.shape[1])
    let y = output.forward(mixed.reshaped(input.shape), after: nil)
    y.add(input)
    return (y, Saved(norm: normSaved, attention: attentionSaved, mixed: mixed))
  }

  /// dx, by both ways.
  public func backward(_ outputGradient: Tensor, _ saved: Saved) -> Tensor {
    let shape = outputGradient.shape
    output.addParameterGradients(outputGradient, input: saved.mixed.reshaped(shape))
    let mixedGradient = output.inputGradient(outputGradient, shape: shape)
    let normed = norm.output(of: saved.norm)
    let (q, k, _) = thirds(of: project.forward(normed, after: nil))
    let (dq, dk, dv) = attention.backward(
      mixedGradient.reshaped(saved.mixed.shape), saved.attention, query: q, key: k)
    let stacked = stacked(dq, dk, dv, shape: Array(shape[..<4]) + [3 * shape[4]])
    project.addParameterGradients(stacked, input: normed)
    let gradient = norm.backward(project.inputGradient(stacked, shape: shape), saved.norm)
    gradient.add(outputGradient)
    return gradient
  }

  /// Columns [R, 3C] to three of [R, C].
  private func thirds(of rows: Tensor) -> (Tensor, Tensor, Tensor) {
    let width = rows.columns / 3
    let parts = (0..<3).map { _ in Tensor([rows.rows, width]) }
    parallel(over: rows.rows, tile: rowsPerTile(columns: rows.columns)) { range in
      for r in range {
        for (i, part) in parts.enumerated() {
          part.row(r).update(from: rows.row(r) + i * width, count: width)
        }
      }
    }
    return (parts[0], parts[1], parts[2])
  }

  /// And back.
  private func stacked(_ q: Tensor, _ k: Tensor, _ v: Tensor, shape: [Int]) -> Tensor {
    let (rows, width) = (Tensor(shape), q.columns)
    parallel(over: q.rows, tile: rowsPerTile(columns: 3 * width)) { range in
      for r in range {
        for (i, part) in [q, k, v].enumerated() {
          (rows.row(r) + i * width).update(from: part.row(r), count: width)
        }
      }
    }
    return rows
  }
}
