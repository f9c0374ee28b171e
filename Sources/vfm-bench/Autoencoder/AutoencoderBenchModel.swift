import Models
import Tensors

/// A video autoencoder in Wan 2.1's layout, and the clips of a step.
struct AutoencoderBenchModel: Encodable, Equatable {
  var clips: Int
  /// Frames, height and width of a clip.
  var size: [Int]
  /// Of the first level; the others have 2, 4 and 4 times as many channels.
  var width: Int
  var latentChannels: Int
  var residualBlocks: Int
  /// The precision of the factors of products.
  var precision = Precision.float32

  var configuration: VideoAutoencoderConfiguration {
    VideoAutoencoderConfiguration(
      width: width, latentChannels: latentChannels, residualBlocks: residualBlocks)
  }
  var clipShape: [Int] { [clips, 3] + size }

  /// What a user should change, if these are no sizes of a step.
  var problem: String? {
    let (time, side) = (configuration.timeFactor, configuration.pixelFactor)
    guard size.count == 3, size[0] > 0, size[0] % time == 1,
      size[1...].allSatisfy({ $0 > 0 && $0 % side == 0 })
    else {
      return
        "--size takes three numbers: \(time)n + 1 frames, and a height and width that \(side) divides."
    }
    if let obstacle = precision.obstacle { return "--precision bfloat16: \(obstacle)." }
    if clips < 1 || latentChannels < 1 || residualBlocks < 1 {
      return "--clips, --latent-channels and --residual-blocks must be at least 1."
    }
    return width < 2 || width % 2 != 0 ? "--width must be even." : nil
  }

  /// The sizes as arguments of Benchmarks/autoencoder_step.py.
  var arguments: [String] {
    [
      "--clips", "\(clips)", "--frames", "\(size[0])", "--height", "\(size[1])", "--width", "\(size[2])",
      "--base", "\(width)", "--latent-channels", "\(latentChannels)", "--residual-blocks",
      "\(residualBlocks)", "--precision", precision.rawValue,
    ]
  }
}
