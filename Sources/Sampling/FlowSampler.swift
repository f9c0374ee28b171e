import Models
import Tensors

/// Turns noise into clips by following a model's velocity from time 1 to time 0, in Euler steps.
///
///     x ← x + (t′ − t) · v,   v = v(empty) + guidance · (v(prompt) − v(empty))
///
/// The times are evenly spaced, then shifted toward noise as in training.
public struct FlowSampler {
  /// The model; its parameters are read as they are at the call.
  public let model: TextToVideoModel
  /// How many Euler steps.
  public let steps: Int
  /// How far to go beyond the plain prediction, away from the empty prompt's (classifier-free guidance); 1 for none.
  public let guidance: Double

  /// A sampler of the model.
  public init(model: TextToVideoModel, steps: Int = 30, guidance: Double = 4) {
    precondition(steps > 0, "sampling needs at least one step")
    self.model = model
    self.steps = steps
    self.guidance = guidance
  }

  /// Token ids of B prompts, padded to one length.
  public struct Prompts: Sendable {
    /// [B·L].
    public let ids: [Int]
    /// How many tokens of each prompt count, [B].
    public let lengths: [Int]
    /// Padded ids.
    public init(ids: [Int], lengths: [Int]) {
      self.ids = ids
      self.lengths = lengths
    }
  }

  /// Clips [B, C, F, H, W] in −1…1, of B prompts.
  ///
  /// - Parameters:
  ///   - empty: the empty prompt, B = 1: what guidance leads away from.
  ///   - shape: [B, C, F, H, W].
  ///   - firstSample: clip b starts from the noise of (seed, firstSample + b), whatever clips are beside it.
  ///   - progress: called after each step with the steps done; sampling stops early if it returns false.
  public func clips(
    for prompts: Prompts, empty: Prompts, shape: [Int], seed: UInt64, firstSample: Int = 0,
    progress: (Int) -> Bool = { _ in true }
  ) -> Tensor {
    let batch = prompts.lengths.count
    precondition(shape.count == 5 && shape[0] == batch, "one clip for each prompt")
    let x = Tensor(shape)
    x.fillGaussian(seed: seed, purpose: .sampling, step: 0, firstSample: firstSample)
    let patch = model.transformer.configuration.patch
    let latentFrames = shape[2] / patch.frames
    let tokens = shape[2...].reduce(1, *) / patch.volume
    let (text, _) = model.textEncoder.forward(prompts.ids, texts: batch, lengths: prompts.lengths)
    let (nothing, _) = model.textEncoder.forward(empty.ids, texts: 1, lengths: empty.lengths)
    let nothings = repeated(nothing, batch)
    let emptyLengths = Array(repeating: empty.lengths[0], count: batch)
    for step in 0..<steps {
      let time = model.flow.shifted(1 - Double(step) / Double(steps), tokens: tokens)
      let next = model.flow.shifted(1 - Double(step + 1) / Double(steps), tokens: tokens)
      let times = Array(repeating: time, count: batch * latentFrames)
      func velocity(_ text: Tensor, _ lengths: [Int]) -> Tensor {
        let output = model.transformer.output(x, times: times, text: text, textLengths: lengths)
        model.flow.turnIntoVelocity(output, at: x, time: time)
        return output
      }
      let v = velocity(text, prompts.lengths)
      if guidance != 1 {
        // v(empty) + g · (v − v(empty)) = g · v + (1 − g) · v(empty)
        v.scale(by: Float(guidance))
        v.add(velocity(nothings, emptyLengths), scale: Float(1 - guidance))
      }
      x.add(v, scale: Float(next - time))
      if !progress(step + 1) { break }
    }
    return x
  }

  /// `rows` [L, D] as B copies below each other, [B·L, D].
  private func repeated(_ rows: Tensor, _ count: Int) -> Tensor {
    let copies = Tensor([count * rows.rows, rows.columns])
    for index in 0..<count { copies.view(at: index * rows.count, rows.shape).copy(from: rows) }
    return copies
  }
}
