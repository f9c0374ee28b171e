import ArgumentParser
import Commands
import Foundation
import Tensors

/// Times one training step of a video autoencoder.
struct AutoencoderCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoencoder",
    abstract: "Time a training step of a video autoencoder in Wan 2.1's layout.",
    discussion:
      "Encode, draw latents, decode, loss, backward, clipping and AdamW, on random clips. Benchmarks/autoencoder_step.py times the same step on PyTorch; with --peer both run in turn, each in a process of its own, and ratios are printed."
  )

  @Option(help: "Clips of a step.") var clips = 8
  @Option(parsing: .upToNextOption, help: "Frames, height and width of a clip (default: 9 32 32).")
  var size: [Int] = []
  @Option(help: "Channels of the first level.") var width = 16
  @Option(help: "Channels of a latent.") var latentChannels = 16
  @Option(help: "Residual blocks of a level of the encoder.") var residualBlocks = 2
  @Option(help: "The precision of the factors of products: float32 or bfloat16.") var precision = Precision
    .float32
  @Option(
    help: "A Python that has torch and diffusers, to compare with; from the project's folder.")
  var peer: String?
  @Option(help: "Turns of both, with --peer.") var rounds = 3
  @OptionGroup var measure: MeasureOptions

  static let rounds = 5
  private static let script = "Benchmarks/autoencoder_step.py"

  private var model: AutoencoderBenchModel {
    AutoencoderBenchModel(
      clips: clips, size: size.isEmpty ? [9, 32, 32] : size, width: width, latentChannels: latentChannels,
      residualBlocks: residualBlocks, precision: precision)
  }

  func validate() throws {
    if let problem = model.problem { throw ValidationError(problem) }
    if rounds < 1 { throw ValidationError("--rounds must be at least 1.") }
  }

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(measure.threads)
      guard let peer else {
        return try report(rounds: measure.repeats ?? Self.rounds).print(json: measure.json)
      }
      try compare(with: peer)
    }
  }

  func report(rounds: Int) -> AutoencoderBenchReport { AutoencoderBenchReport(model, rounds: rounds) }

  /// Lets the script run this program and PyTorch in turn.
  private func compare(with python: String) throws {
    guard FileManager.default.fileExists(atPath: Self.script) else {
      throw Failure(
        .missingInput, "\(Self.script) is not here; run --peer from the folder that the project lies in.")
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        python, Self.script, "--bench",
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      ]
      + ["--rounds", "\(rounds)", "--repeats", "\(measure.repeats ?? Self.rounds)"]
      + (measure.threads.map { ["--threads", "\($0)"] } ?? []) + (measure.json ? ["--json"] : [])
      + model.arguments
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      throw Failure(
        .inputOutput,
        "\(python) \(Self.script) failed; its own words stand above. --peer takes a Python with torch and diffusers."
      )
    }
  }
}
