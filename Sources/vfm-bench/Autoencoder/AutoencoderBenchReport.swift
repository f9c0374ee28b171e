import Clips
import Commands
import Layers
import Models
import Objectives
import Optimizers
import Tensors

/// A training step of a video autoencoder: encode, draw latents, decode, loss, backward, clipping to norm 1 and AdamW.
struct AutoencoderBenchReport: BenchReport {
  let model: AutoencoderBenchModel
  /// Of the model, without the statistics of its latents, which no gradient changes.
  let parameters: Int
  let threads: Int
  /// The median, the least and the most.
  let secondsPerStep: Double, secondsLeast: Double, secondsMost: Double
  /// Operations of the step's products, attention's included; and those over the median time, in billions a second.
  let operations: Int, gflops: Double
  /// Shares of the step's time.
  let shares: StepBenchReport.Shares
  /// The most bytes that tensors held at once, and the most that the process had in RAM.
  let peakBytes: Int, residentBytes: Int

  /// - Parameter rounds: timed steps, after two that bring everything into memory.
  init(_ model: AutoencoderBenchModel, rounds: Int) {
    Memory.trim()
    Memory.resetPeak()
    ProcessMemory.resetPeak()
    let before = Memory.statistics.liveBytes
    let bench = AutoencoderBench(model)
    for _ in 0..<2 { bench.step() }
    var ledger = WorkLedger()
    let samples = measureInTurn(
      rounds: rounds, warmUp: 0,
      [
        {
          let before = Work.ledger
          bench.step()
          ledger = ledger + (Work.ledger - before)
        }
      ])[0]
    self.model = model
    parameters = bench.modelParameters
    threads = Parallel.threads
    (secondsPerStep, secondsLeast, secondsMost) = (samples.median, samples.least, samples.most)
    (peakBytes, residentBytes) = (Memory.statistics.peakBytes - before, ProcessMemory.residentPeak)
    operations = bench.plan.productOperations
    gflops = Double(operations) / samples.median / 1e9
    shares = StepBenchReport.Shares(ledger, of: samples.seconds.reduce(0, +))
  }

  var title: String {
    "Autoencoder step: \(model.clips) × \(model.size.map(String.init).joined(separator: " × ")), "
      + "width \(model.width), \(model.latentChannels) latent channels, \(parameters) parameters"
      + (model.precision == .bfloat16 ? ", products of bfloat16" : "")
  }

  var text: String {
    """
    step          \(fixed(secondsPerStep, 3)) s (\(fixed(secondsLeast, 3)) – \(fixed(secondsMost, 3))), \(threads) threads
    products      \(fixed(gflops, 0)) GFLOP/s of the whole time
    time          \(percent(shares.products)) products, \(percent(shares.attention)) attention, \(percent(shares.rows)) row kernels, \(fixed(100 * shares.elsewhere, 1)) % elsewhere
    memory        \(fixed(Double(peakBytes) / 1e9, 3)) GB of tensors at most, \(fixed(Double(residentBytes) / 1e9, 3)) GB resident
    """
  }
}

/// An autoencoder with random parameters and clips, and the training step on it.
final class AutoencoderBench {
  let modelParameters: Int
  private let objective: VideoReconstruction
  private let optimizer: AdamW
  private let examples: Examples
  private var steps = 0

  init(_ model: AutoencoderBenchModel) {
    let autoencoder = VideoAutoencoder(
      model.configuration, policy: ParameterPolicy(computePrecision: model.precision))
    modelParameters = autoencoder.parameters.parameterCount
    let statistics = LatentStatistics(autoencoder.parameters.root, channels: model.latentChannels)
    objective = VideoReconstruction(
      model: autoencoder, statistics: statistics, loss: ReconstructionLoss(absolute: 1),
      divergenceWeight: 1e-6)
    autoencoder.parameters.allocate(seed: 0)
    optimizer = AdamW(
      autoencoder.parameters, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01))
    examples = Examples.madeUp(
      model.clips,
      shape: ClipShape(frames: model.size[0], height: model.size[1], width: model.size[2], frameRate: 8))
  }

  var parameters: ParameterStore { objective.parameters }
  var plan: Plan { Plan.rehearse { _ = addGradients(at: 0) } }

  /// The losses of a step.
  @discardableResult func step() -> [Double] {
    parameters.zeroGradients()
    let losses = addGradients(at: steps)
    let norm = parameters.gradients.sumOfSquares.squareRoot()
    optimizer.update(rate: 1e-4, gradientScale: 1 / max(1, norm))
    steps += 1
    return losses
  }

  private func addGradients(at step: Int) -> [Double] {
    objective.addGradients(examples, at: Position(seed: 0, step: step), share: 1)
  }
}
