import ArgumentParser

/// Times one training step of a masked autoencoder.
struct MaskedCommand: BenchCommand {
  static let configuration = CommandConfiguration(
    commandName: "masked",
    abstract: "Time a training step of a masked autoencoder in VideoMAE's layout.",
    discussion:
      "Masks, forward, loss over normalised pixels, backward, clipping and AdamW, on random clips. Benchmarks/videomae_step.py times the same step on PyTorch, and runs both in turn with compare."
  )

  @Option(help: "Clips of a step.") var clips = 2
  @Option(parsing: .upToNextOption, help: "Frames, height and width of a clip (default: 16 224 224).")
  var size: [Int] = []
  @Option(parsing: .upToNextOption, help: "Frames, rows and columns of a token (default: 2 16 16).")
  var patch: [Int] = []
  @Option(help: "Width of the encoder.") var width = 384
  @Option(help: "Blocks of the encoder.") var depth = 12
  @Option(help: "Attention heads of the encoder.") var heads = 6
  @Option(help: "Width of the decoder.") var decoderWidth = 192
  @Option(help: "Blocks of the decoder.") var decoderDepth = 4
  @Option(help: "Attention heads of the decoder.") var decoderHeads = 3
  @Option(help: "Share of places that is hidden.") var hidden = 0.9
  @OptionGroup var measure: MeasureOptions

  static let rounds = 5

  private var model: MaskedBenchModel {
    MaskedBenchModel(
      clips: clips, size: size.isEmpty ? [16, 224, 224] : size, patch: patch.isEmpty ? [2, 16, 16] : patch,
      width: width, depth: depth, heads: heads, decoderWidth: decoderWidth, decoderDepth: decoderDepth,
      decoderHeads: decoderHeads, hidden: hidden)
  }

  func validate() throws {
    let model = model
    guard model.size.count == 3, model.patch.count == 3, (model.size + model.patch).allSatisfy({ $0 > 0 }),
      zip(model.size, model.patch).allSatisfy({ $0 % $1 == 0 })
    else { throw ValidationError("--size and --patch take three numbers each, and a patch divides a clip.") }
    if clips < 1 || depth < 1 || decoderDepth < 1 {
      throw ValidationError("--clips, --depth and --decoder-depth must be at least 1.")
    }
    if heads < 1 || width % heads != 0 || decoderHeads < 1 || decoderWidth % decoderHeads != 0 {
      throw ValidationError("--heads must divide --width, and --decoder-heads --decoder-width.")
    }
    let places = model.grid.height * model.grid.width
    if !(hidden > 0 && hidden < 1) || Int(hidden * Double(places)) < 1 {
      throw ValidationError("--hidden is above 0 and below 1, and hides one place of \(places) at least.")
    }
  }

  func report(rounds: Int) -> MaskedBenchReport { MaskedBenchReport(model, rounds: rounds) }
}
