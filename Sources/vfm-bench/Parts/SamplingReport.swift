import Models
import Sampling
import Tensors

/// The making of clips from noise, with guidance: two passes of the transformer a solver step, in one batch.
struct SamplingReport: BenchReport {
  let model: BenchModel
  let threads: Int
  let secondsPerSolverStep: Samples
  let gflops: Double
  /// With the number of solver steps that sampling takes unless told otherwise.
  let clipsPerSecond: Double
  let solverSteps: Int
  let peakBytes: Int

  init(_ model: BenchModel, rounds: Int) {
    self.model = model
    threads = Parallel.threads
    Memory.trim()
    Memory.resetPeak()
    let before = Memory.statistics.liveBytes
    let text = TextEncoderConfiguration(
      vocabulary: 259, width: BenchModel.textWidth, depth: 2, heads: 4, headWidth: 64,
      feedForward: 2 * BenchModel.textWidth)
    let both = TextToVideoModel(
      text: text, transformer: model.configuration, flow: Flow(prediction: .velocity, shift: .tokens),
      policy: model.store.policy)
    both.parameters.allocate(seed: 0, withGradients: false)
    let length = BenchModel.textTokens
    let prompts = FlowSampler.Prompts(
      ids: (0..<model.clips * length).map { 3 + $0 % 256 },
      lengths: Array(repeating: length, count: model.clips))
    let empty = FlowSampler.Prompts(ids: [1] + Array(repeating: 0, count: length - 1), lengths: [1])
    // The text is encoded once a call: its share is less in the usual number of steps.
    let steps = 2
    let sampler = FlowSampler(model: both, steps: steps)
    func run() { _ = sampler.clips(for: prompts, empty: empty, shape: model.clipShape, seed: 0) }
    let operations = Plan.rehearse(run).productOperations
    let samples = measureInTurn(rounds: rounds, [run])[0]
    secondsPerSolverStep = Samples(samples.seconds.map { $0 / Double(steps) })
    gflops = Double(operations) / samples.median / 1e9
    solverSteps = FlowSampler(model: both).steps
    clipsPerSecond = Double(model.clips) / (secondsPerSolverStep.median * Double(solverSteps))
    peakBytes = Memory.statistics.peakBytes - before
  }

  var title: String { "Sampling: \(model.words), \(threads) threads" }

  var text: String {
    let time = milliseconds(secondsPerSolverStep)
    return """
      solver step   \(time.median) ms (\(time.spread)) with guidance, \(fixed(gflops, 0)) GFLOP/s
      clips         \(fixed(clipsPerSecond, 3)) a second with \(solverSteps) solver steps
      memory        \(fixed(Double(peakBytes) / 1e9, 3)) GB of tensors at most
      """
  }
}
