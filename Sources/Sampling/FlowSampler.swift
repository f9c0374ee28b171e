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
    // With guidance each clip stands twice in a batch, with its prompt and with none; texts do not change over the steps.
    let isGuided = guidance != 1
    let (texts, lengths) =
      isGuided ? withEmpty(text, prompts.lengths, empty) : (text, prompts.lengths)
    let reading = model.transformer.read(texts, textLengths: lengths)
    for step in 0..<steps {
      let time = model.flow.shifted(1 - Double(step) / Double(steps), tokens: tokens)
      let next = model.flow.shifted(1 - Double(step + 1) / Double(steps), tokens: tokens)
      let noisy = isGuided ? repeated(x, 2).reshaped([2 * batch] + shape[1...]) : x
      let output = model.transformer.output(
        noisy, times: Array(repeating: time, count: lengths.count * latentFrames), reading)
      model.flow.turnIntoVelocity(output, at: noisy, time: time)
      let v = output.view(at: 0, shape)
      if isGuided {
        // v(empty) + g · (v − v(empty)) = g · v + (1 − g) · v(empty)
        v.scale(by: Float(guidance))
        v.add(output.view(at: x.count, shape), scale: Float(1 - guidance))
      }
      x.add(v, scale: Float(next - time))
      if !progress(step + 1) { break }
    }
    return x
  }

  /// The texts [B·L, D] of prompts and B times that of the empty prompt, padded to one length, [2·B·L′, D].
  private func withEmpty(_ text: Tensor, _ lengths: [Int], _ empty: Prompts) -> (Tensor, [Int]) {
    let nothing = model.textEncoder.forward(empty.ids, texts: 1, lengths: empty.lengths).output
    let (batch, width) = (lengths.count, text.columns)
    let (own, longest) = (text.rows / batch, max(text.rows / batch, nothing.rows))
    let both = Tensor.zeros([2 * batch * longest, width])
    for clip in 0..<batch {
      both.view(at: clip * longest * width, [own, width]).copy(
        from: text.view(at: clip * own * width, [own, width]))
      both.view(at: (batch + clip) * longest * width, nothing.shape).copy(from: nothing)
    }
    return (both, lengths + Array(repeating: empty.lengths[0], count: batch))
  }

  /// A tensor's elements several times, one after the other.
  private func repeated(_ x: Tensor, _ count: Int) -> Tensor {
    let copies = Tensor([count, x.count])
    for index in 0..<count { copies.view(at: index * x.count, x.shape).copy(from: x) }
    return copies
  }
}
