import ArgumentParser
import Foundation
import Layers
import Models
import Tensors
import Training

/// Times one training step of a Wan-layout transformer against bare matrix products.
struct StepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Time a training step of a Wan-layout transformer: forward, backward, clipping, AdamW.")

  @Option(help: "Clips of a step.") var clips = 2
  @Option(parsing: .upToNextOption, help: "Latent frames, height and width of a clip.")
  var size = [4, 32, 32]
  @Option(help: "Width of the transformer.") var width = 384
  @Option(help: "Blocks.") var depth = 12
  @Option(help: "Attention heads.") var heads = 6
  @Option(help: "Timed steps; the median is printed.") var repeats = 5
  @Option(help: "Threads that compute (default: all cores).") var threads: Int?
  @Flag(help: "Compute each block's activations again in backward.") var recompute = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if size.count != 3 || size.contains(where: { $0 < 1 }) || size[1] % 2 != 0 || size[2] % 2 != 0 {
      throw ValidationError("--size takes three numbers: frames, and an even height and width.")
    }
    if clips < 1 || depth < 1 || repeats < 1 || (threads ?? 1) < 1 {
      throw ValidationError("--clips, --depth, --repeats and --threads must be at least 1.")
    }
    if heads < 1 || width % heads != 0 || width / heads % 2 != 0 || width / heads < 6 {
      throw ValidationError("--heads must divide --width into even parts of at least 6.")
    }
  }

  func run() throws {
    if let threads { Parallel.threads = threads }
    let bench = StepBench(
      clips: clips, shape: [16] + size,
      configuration: VideoDiffusionTransformerConfiguration(
        channels: 16, patch: PatchSize(frames: 1, height: 2, width: 2), width: width, depth: depth,
        heads: heads,
        feedForward: 4 * width, textWidth: 256, recomputesBlocks: recompute))
    let roof = RunPlan.productRate() / 1e9
    let seconds = bench.measure(repeats: repeats)
    let gflops = Double(bench.operations) / seconds / 1e9
    let peak = Memory.statistics.peakBytes
    if json {
      let figures: [String: Double] = [
        "secondsPerStep": seconds, "gflops": gflops, "roofGflops": roof, "peakBytes": Double(peak),
        "residentBytes": Double(residentPeak()), "threads": Double(Parallel.threads),
      ]
      let data = try JSONSerialization.data(withJSONObject: figures, options: [.sortedKeys, .prettyPrinted])
      print(String(decoding: data, as: UTF8.self))
    } else {
      print(
        String(
          format:
            "step %.3f s, %.0f of %.0f GFLOP/s (%.0f %% of bare products), peak %.2f GB, %d threads",
          seconds, gflops, roof, 100 * gflops / roof, Double(peak) / 1e9, Parallel.threads))
    }
  }
}

/// The most memory that this process had in RAM, in bytes, as Linux counts.
func residentPeak() -> Int {
  var usage = rusage()
  getrusage(RUSAGE_SELF.rawValue, &usage)
  return usage.ru_maxrss * 1024
}

/// A transformer with random parameters and data, and the step on it.
struct StepBench {
  let transformer: VideoDiffusionTransformer
  let parameters = ParameterStore()
  let optimizer: AdamW
  let clip: Tensor, text: Tensor
  let times: [Double]
  /// Operations of the products of one step.
  private(set) var operations = 0

  init(clips: Int, shape: [Int], configuration: VideoDiffusionTransformerConfiguration) {
    transformer = VideoDiffusionTransformer(parameters.root, configuration)
    parameters.allocate(seed: 0)
    optimizer = AdamW(
      parameters, .init(beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01, averageDecay: 0))
    clip = Tensor([clips] + shape)
    clip.fillGaussian(seed: 0, purpose: .check, step: 0)
    text = Tensor([clips * 64, configuration.textWidth])
    text.fillGaussian(seed: 0, purpose: .check, step: 1)
    times = Array(repeating: 0.5, count: clips * shape[1] / configuration.patch.frames)
    let before = Work.productOperations
    step()
    operations = Work.productOperations - before
  }

  /// Forward, a loss whose gradient is the output, backward, clipping and the update.
  func step() {
    parameters.zeroGradients()
    let (output, saved) = transformer.forward(clip, times: times, text: text, textLengths: nil)
    let outputGradient = output + clip
    _ = transformer.backward(outputGradient, saved)
    let norm = parameters.gradients.sumOfSquares.squareRoot()
    optimizer.update(rate: 1e-4, gradientScale: 1 / max(1, norm))
  }

  /// The median time of a step, in seconds.
  func measure(repeats: Int) -> Double {
    let clock = ContinuousClock()
    let seconds = (0..<max(1, repeats)).map { _ in
      let start = clock.now
      step()
      return (clock.now - start) / .seconds(1)
    }
    return seconds.sorted()[seconds.count / 2]
  }
}
