import Foundation
import Layers
import Models
import Tensors
import Testing

@testable import Sampling

/// A model with a head of zeros: a predicted clip is 0 everywhere, a predicted velocity too.
private func model(_ prediction: Flow.Prediction, shift: Double = 1) -> TextToVideoModel {
  let model = TextToVideoModel(
    text: TextEncoderConfiguration(
      vocabulary: 16, width: 8, depth: 1, heads: 2, headWidth: 4, feedForward: 8),
    transformer: VideoDiffusionTransformerConfiguration(
      channels: 3, patch: PatchSize(frames: 1, height: 2, width: 2), width: 12, depth: 1, heads: 2,
      feedForward: 16,
      textWidth: 8, frequencyWidth: 8),
    flow: Flow(prediction: prediction, shift: .constant(shift)))
  model.parameters.allocate(seed: 5, withGradients: false)
  return model
}

private let prompts = FlowSampler.Prompts(ids: [3, 4, 1, 5, 1, 0], lengths: [3, 2])
private let empty = FlowSampler.Prompts(ids: [1], lengths: [1])
private let shape = [2, 3, 2, 4, 4]

private func noise(_ shape: [Int], seed: UInt64, first: Int = 0) -> Tensor {
  let noise = Tensor(shape)
  noise.fillGaussian(seed: seed, purpose: .sampling, step: 0, firstSample: first)
  return noise
}

@Test func aVelocityOfZeroLeavesTheNoise() {
  let clips = FlowSampler(model: model(.velocity), steps: 3, guidance: 4).clips(
    for: prompts, empty: empty, shape: shape, seed: 8)
  #expect(clips.values == noise(shape, seed: 8).values)
}

@Test(arguments: [1.0, 4.0])
func aClipOfZerosIsReached(shift: Double) {
  // x ← x + (t′ − t) · x / max(t, 0.05): the noise shrinks to nothing in the last step if that starts at 0.05 or later.
  let clips = FlowSampler(model: model(.x0, shift: shift), steps: 10, guidance: 4).clips(
    for: prompts, empty: empty, shape: shape, seed: 8)
  #expect(clips.values.allSatisfy { abs($0) < 1e-5 })
}

@Test func aClipDoesNotDependOnWhatIsSampledBesideIt() {
  let model = model(.x0)
  model.parameters.values.fillGaussian(seed: 3, purpose: .check, step: 0)
  model.parameters.values.scale(by: 0.1)
  let sampler = FlowSampler(model: model, steps: 4, guidance: 3)
  let both = sampler.clips(for: prompts, empty: empty, shape: shape, seed: 8)
  let second = sampler.clips(
    for: .init(ids: [5, 1], lengths: [2]), empty: empty, shape: [1] + shape[1...], seed: 8, firstSample: 1)
  let part = both.view(at: both.count / 2, second.shape)
  part.add(second, scale: -1)
  #expect(part.values.allSatisfy { abs($0) < 1e-4 })
}

@Test(arguments: [
  FlowSampler.Prompts(ids: [1], lengths: [1]), FlowSampler.Prompts(ids: [6, 7, 3, 4, 1], lengths: [5]),
])
func guidanceOfOneIsThePlainPredictionAndMoreGoesFurther(empty: FlowSampler.Prompts) {
  let model = model(.velocity)
  model.parameters.values.fillGaussian(seed: 3, purpose: .check, step: 0)
  model.parameters.values.scale(by: 0.2)
  func sampled(_ guidance: Double, _ prompts: FlowSampler.Prompts) -> Tensor {
    FlowSampler(model: model, steps: 1, guidance: guidance).clips(
      for: prompts, empty: empty, shape: shape, seed: 8)
  }
  // One step: clip = noise − v, so clip(g) = clip(empty) + g · (clip(1) − clip(empty)).
  let nothing = sampled(1, .init(ids: empty.ids + empty.ids, lengths: empty.lengths + empty.lengths))
  let (plain, guided) = (sampled(1, prompts), sampled(3, prompts))
  let expected = nothing.copied()
  expected.add(plain, scale: 3)
  expected.add(nothing, scale: -3)
  #expect(plain.values != nothing.values)
  #expect(zip(expected.values, guided.values).allSatisfy { abs($0 - $1) < 1e-3 * max(1, abs($0)) })
}

@Test func samplingStopsWhenAsked() {
  var done = 0
  _ = FlowSampler(model: model(.x0), steps: 10, guidance: 1).clips(
    for: prompts, empty: empty, shape: shape, seed: 8
  ) { step in
    done = step
    return step < 4
  }
  #expect(done == 4)
}
