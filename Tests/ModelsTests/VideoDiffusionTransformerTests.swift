import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct VideoDiffusionTransformerTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let clips: [Int], patch: PatchSize, heads: Int, headWidth: Int, depth: Int, text: Int
    var lengths: [Int]?
    var testDescription: String {
      "clips \(clips), \(heads) heads of \(headWidth), text \(lengths ?? [text])"
    }
  }

  static let shapes = [
    // A single token: a picture of one patch.
    Shape(
      clips: [1, 1, 1, 2, 2], patch: PatchSize(frames: 1, height: 2, width: 2), heads: 1, headWidth: 6,
      depth: 1,
      text: 1),
    // One-frame clips: pictures.
    Shape(
      clips: [2, 3, 1, 4, 6], patch: PatchSize(frames: 1, height: 2, width: 2), heads: 2, headWidth: 8,
      depth: 2,
      text: 3, lengths: [3, 1]),
    Shape(
      clips: [2, 2, 3, 2, 6], patch: PatchSize(frames: 1, height: 2, width: 2), heads: 2, headWidth: 6,
      depth: 2,
      text: 5, lengths: [5, 2]),
    // Patches of two frames; more tokens than a block of queries.
    Shape(
      clips: [1, 1, 4, 6, 35], patch: PatchSize(frames: 2, height: 3, width: 1), heads: 1, headWidth: 10,
      depth: 1,
      text: 2),
    Shape(
      clips: [3, 1, 2, 3, 3], patch: PatchSize(frames: 1, height: 3, width: 1), heads: 3, headWidth: 12,
      depth: 1,
      text: 4, lengths: [1, 4, 3]),
  ]

  @Test(arguments: shapes, [false, true])
  func gradientsAreRight(shape: Shape, pooledText: Bool) {
    let store = ParameterStore()
    let model = transformer(shape, in: store, pooledText: pooledText)
    let clips = gaussian(shape.clips, seed: 21)
    let times = times(shape)
    let piece = Differentiable(["text": text(shape)], store) { inputs in
      let (output, saved) = model.forward(clips, times: times, text: inputs[0], textLengths: shape.lengths)
      return (output, { [model.backward($0, saved)!] })
    }
    #expect(gradientProblems(of: piece) == [])
  }

  @Test(arguments: shapes)
  func recomputedBlocksGiveTheSameBits(shape: Shape) {
    let (keeps, recomputes) = (Run(shape, recomputesBlocks: false), Run(shape, recomputesBlocks: true))
    #expect(sameBits(keeps.output, recomputes.output))
    #expect(sameBits(keeps.textGradient, recomputes.textGradient))
    #expect(sameBits(keeps.gradients, recomputes.gradients))
  }

  /// Rounded activations move gradients by about as much as they are rounded, 2⁻⁹ at most, and outputs not at all.
  @Test(arguments: shapes, [false, true])
  func activationsKeptAsBfloat16GiveNearlyTheSameGradients(shape: Shape, recomputesBlocks: Bool) {
    let (whole, half) = (
      Run(shape), Run(shape, recomputesBlocks: recomputesBlocks, savedPrecision: .bfloat16)
    )
    #expect(sameBits(whole.output, half.output))
    let difference = half.gradients.copied()
    difference.add(whole.gradients, scale: -1)
    let error = (difference.sumOfSquares / whole.gradients.sumOfSquares).squareRoot()
    #expect(error > 0 && error < 1.0 / 64)
  }

  /// Counts of the whole process, so in one of its own.
  @Test func bfloat16TakesHalfTheBytesOfActivations() async {
    await #expect(processExitsWith: .success) {
      let shape = VideoDiffusionTransformerTests.Shape(
        clips: [2, 4, 4, 16, 16], patch: PatchSize(frames: 1, height: 2, width: 2), heads: 2, headWidth: 16,
        depth: 6, text: 3)
      let bytes = [Precision.float32, .bfloat16].map { precision in
        let store = ParameterStore()
        let model = transformer(shape, in: store, savedPrecision: precision)
        store.allocate(seed: 1)
        let before = Memory.statistics.liveBytes
        let kept = model.forward(
          gaussian(shape.clips), times: times(shape), text: text(shape), textLengths: nil)
        return withExtendedLifetime(kept) { Memory.statistics.liveBytes - before }
      }
      #expect(bytes[1] * 100 < bytes[0] * 62)
    }
  }

  @Test(arguments: shapes)
  func outputsHaveTheShapeOfTheClips(shape: Shape) {
    let run = Run(shape)
    #expect(run.output.shape == shape.clips)
    #expect(run.output.isFinite && run.gradients.isFinite)
  }

  @Test func eachLatentFrameHasItsTime() {
    let shape = Self.shapes[2]
    let equal = Array(repeating: 0.5, count: 6)
    let base = Run(shape, times: equal).output
    for frame in 0..<6 {
      var times = equal
      times[frame] = 0.6
      let output = Run(shape, times: times).output
      let (clip, other) = (frame / 3, 1 - frame / 3)
      #expect(!sameBits(half(output, clip), half(base, clip)))
      #expect(sameBits(half(output, other), half(base, other)))  // a clip does not see the other's times
    }
  }

  @Test(arguments: [false, true])
  func paddingIsNeverRead(pooledText: Bool) {
    let shape = Self.shapes[2]  // the second text has 2 of 5 tokens
    let text = text(shape)
    let run = Run(shape, text: text, pooledText: pooledText)
    text.view(at: 7 * text.columns, [3, text.columns]).fill(50)
    let other = Run(shape, text: text, pooledText: pooledText)
    #expect(sameBits(run.output, other.output))
    #expect(sameBits(run.gradients, other.gradients))
    #expect(run.textGradient.view(at: 7 * text.columns, [3, text.columns]).values.allSatisfy { $0 == 0 })
  }

  @Test func textsReachTheirClipOnly() {
    let shape = Self.shapes[2]
    let text = text(shape)
    let base = Run(shape, text: text).output
    text.view(at: 0, [1]).fill(2)
    let output = Run(shape, text: text).output
    #expect(!sameBits(half(output, 0), half(base, 0)))
    #expect(sameBits(half(output, 1), half(base, 1)))
  }

  @Test func startsByAnsweringZero() {
    let store = ParameterStore()
    let model = transformer(Self.shapes[1], in: store)
    store.allocate(seed: 1)
    let output = model.forward(
      gaussian([2, 3, 1, 4, 6]), times: [0.1, 0.9], text: text(Self.shapes[1]), textLengths: nil
    ).output
    #expect(output.values.allSatisfy { $0 == 0 })
  }

  /// Counts of the whole process, so in one of its own.
  @Test func aRehearsalCountsWhatTheRealRunTakes() async {
    await #expect(processExitsWith: .success) {
      for recomputesBlocks in [false, true] {
        let shape = VideoDiffusionTransformerTests.shapes[2]
        let store = ParameterStore()
        let model = transformer(shape, in: store, recomputesBlocks: recomputesBlocks)
        store.allocate(seed: 1)
        let (clips, text, times) = (gaussian(shape.clips), text(shape), times(shape))
        func step() {
          let (output, saved) = model.forward(clips, times: times, text: text, textLengths: shape.lengths)
          _ = model.backward(output, saved)
        }
        let plan = Plan.rehearse(step)
        step()  // the first run of a process takes memory for good here and there
        Memory.resetPeak()
        let (operations, allocations) = (Work.productOperations, Memory.statistics.systemAllocations)
        step()
        #expect(plan.peakBytes == Memory.statistics.peakBytes)
        #expect(plan.productOperations == Work.productOperations - operations)
        #expect(Memory.statistics.systemAllocations == allocations)
      }
    }
  }
}

/// One pass of a small transformer, forward and backward.
private struct Run {
  let output: Tensor, textGradient: Tensor, gradients: Tensor

  init(
    _ shape: VideoDiffusionTransformerTests.Shape, times given: [Double]? = nil,
    text givenText: Tensor? = nil,
    pooledText: Bool = false, recomputesBlocks: Bool = false, savedPrecision: Precision = .float32
  ) {
    let store = ParameterStore()
    let model = transformer(
      shape, in: store, pooledText: pooledText, recomputesBlocks: recomputesBlocks,
      savedPrecision: savedPrecision)
    store.allocate(seed: 1)
    store.perturb()
    let (output, saved) = model.forward(
      gaussian(shape.clips, seed: 21), times: given ?? times(shape), text: givenText ?? text(shape),
      textLengths: shape.lengths)
    self.output = output
    textGradient = model.backward(gaussian(output.shape, seed: 23), saved)!
    gradients = store.gradients
  }
}

private func transformer(
  _ shape: VideoDiffusionTransformerTests.Shape, in store: ParameterStore, pooledText: Bool = false,
  recomputesBlocks: Bool = false, savedPrecision: Precision = .float32
) -> VideoDiffusionTransformer {
  VideoDiffusionTransformer(
    store.root,
    VideoDiffusionTransformerConfiguration(
      channels: shape.clips[1], patch: shape.patch, width: shape.heads * shape.headWidth, depth: shape.depth,
      heads: shape.heads, feedForward: 19, textWidth: 7, frequencyWidth: 10, pooledText: pooledText,
      recomputesBlocks: recomputesBlocks, savedPrecision: savedPrecision))
}

private func text(_ shape: VideoDiffusionTransformerTests.Shape) -> Tensor {
  gaussian([shape.clips[0] * shape.text, 7], seed: 22)
}

/// Another time for each latent frame.
private func times(_ shape: VideoDiffusionTransformerTests.Shape) -> [Double] {
  let count = shape.clips[0] * shape.clips[2] / shape.patch.frames
  return (0..<count).map { (Double($0) + 0.5) / Double(count) }
}

/// One of two clips.
private func half(_ clips: Tensor, _ index: Int) -> Tensor {
  clips.view(at: index * clips.count / 2, [clips.count / 2])
}
