import ArgumentParser
import Layers
import Models
import Tensors

/// A transformer in Wan's layout and the clips of a step: 16 latent channels, patches of 1 × 2 × 2, a feed-forward of four
/// times the width, texts of 64 vectors of width 256.
struct BenchModel: Encodable, Equatable {
  var clips: Int
  /// Latent frames, height and width of a clip.
  var size: [Int]
  var width: Int, depth: Int, heads: Int
  var recompute = false
  /// How activations are kept for backward.
  var saved = Precision.float32
  /// The precision of the factors of products.
  var precision = Precision.float32

  static let channels = 16, textTokens = 64, textWidth = 256
  static let patch = PatchSize(frames: 1, height: 2, width: 2)

  /// Models with a name; `Benchmarks/pytorch_peer.py` has the same ones.
  enum Named: String, CaseIterable, ExpressibleByArgument {
    case yardstick, small

    var model: BenchModel {
      switch self {
      case .yardstick: BenchModel(clips: 2, size: [4, 32, 32], width: 384, depth: 12, heads: 6)
      case .small: BenchModel(clips: 32, size: [1, 16, 16], width: 192, depth: 12, heads: 4)
      }
    }
  }

  static let yardstick = Named.yardstick.model

  /// N.
  var tokensPerClip: Int { size.reduce(1, *) / Self.patch.volume }
  var clipShape: [Int] { [clips, Self.channels] + size }

  var configuration: VideoDiffusionTransformerConfiguration {
    VideoDiffusionTransformerConfiguration(
      channels: Self.channels, patch: Self.patch, width: width, depth: depth, heads: heads,
      feedForward: 4 * width, textWidth: Self.textWidth, recomputesBlocks: recompute,
      savedPrecision: saved)
  }

  /// Its parameters' store, not allocated yet.
  var store: ParameterStore { ParameterStore(policy: ParameterPolicy(computePrecision: precision)) }

  /// The library that multiplies, and what it chose for this processor.
  var productLibrary: String {
    precision == .bfloat16
      ? "\(OneDNN.version), \(OneDNN.instructions)" : "\(OpenBLAS.version), \(OpenBLAS.kernels) kernels"
  }

  var words: String {
    "\(clips) × \(tokensPerClip) tokens, \(depth) blocks of width \(width) with \(heads) heads"
      + (recompute ? ", recomputed" : "") + (saved == .bfloat16 ? ", kept as bfloat16" : "")
      + (precision == .bfloat16 ? ", products of bfloat16" : "")
  }
}
