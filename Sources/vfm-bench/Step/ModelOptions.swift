import ArgumentParser
import Tensors

extension Precision: ExpressibleByArgument {}

/// Which model is measured.
struct ModelOptions: ParsableArguments {
  @Option(
    help:
      "yardstick: 2 clips of 4 × 32 × 32 latents, width 384, 12 blocks, 6 heads; small: 32 clips of 1 × 16 × 16, width 192, 12 blocks, 4 heads. The options below change it."
  )
  var shape = BenchModel.Named.yardstick
  @Option(help: "Clips of a step.") var clips: Int?
  @Option(parsing: .upToNextOption, help: "Latent frames, height and width of a clip.") var size: [Int] = []
  @Option(help: "Width of the transformer.") var width: Int?
  @Option(help: "Blocks.") var depth: Int?
  @Option(help: "Attention heads.") var heads: Int?
  @Flag(help: "Compute each block's activations again in backward.") var recompute = false
  @Option(help: "How activations are kept for backward: float32 or bfloat16.") var saved = Precision.float32
  @Option(help: "The precision of the factors of products: float32, by OpenBLAS, or bfloat16, by oneDNN.")
  var precision = Precision.float32

  var model: BenchModel {
    let named = shape.model
    return BenchModel(
      clips: clips ?? named.clips, size: size.isEmpty ? named.size : size, width: width ?? named.width,
      depth: depth ?? named.depth, heads: heads ?? named.heads, recompute: recompute,
      saved: saved, precision: precision)
  }

  func validate() throws {
    if let obstacle = precision.obstacle { throw ValidationError("--precision bfloat16: \(obstacle).") }
    let model = model
    let size = model.size
    if size.count != 3 || size.contains(where: { $0 < 1 }) || size[1] % 2 != 0 || size[2] % 2 != 0 {
      throw ValidationError("--size takes three numbers: frames, and an even height and width.")
    }
    if model.clips < 1 || model.depth < 1 { throw ValidationError("--clips and --depth must be at least 1.") }
    let (width, heads) = (model.width, model.heads)
    if heads < 1 || width % heads != 0 || width / heads % 2 != 0 || width / heads < 6 {
      throw ValidationError("--heads must divide --width into even parts of at least 6.")
    }
  }
}
