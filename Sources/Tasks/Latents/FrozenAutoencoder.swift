import Clips
import Evaluation
import Layers
import Models
import Tensors

/// An autoencoder that was trained before, through which a latent model sees clips.
///
///     latents = (mean of encode(x) − latents_mean) / latents_std,   x = decode(latents · latents_std + latents_mean)
///
/// Its weights are the averaged ones of its checkpoint; nothing trains them. Each clip gives the same bits whatever clips
/// stand beside it.
public struct FrozenAutoencoder: LatentEncoder, Sendable {
  /// Its sizes.
  public var configuration: VideoAutoencoderConfiguration { parts.model.model.configuration }
  /// One SHA-256 over its weights and the statistics of its latents.
  public let weightsHash: String
  private let parts: Parts

  /// The model is a value that nobody changes once it is loaded.
  private struct Parts: @unchecked Sendable {
    let model: TiledAutoencoder
    let statistics: LatentStatistics
  }

  /// Frames with a longer side go through in overlapping tiles of so many pixels on each side.
  public static let tile = 512

  /// Loads the weights of a checkpoint; during a rehearsal their memory alone.
  /// - Throws: `AutoencoderError`, `CheckpointError`, `MachineError`.
  public init(_ file: AutoencoderFile) throws {
    let model = VideoAutoencoder(file.configuration)
    let statistics = LatentStatistics(model.parameters.root, channels: file.configuration.latentChannels)
    for entry in model.parameters.entries where file.weights.shape(entry.name) != entry.shape {
      throw AutoencoderError.otherTensors(path: file.path, name: entry.name)
    }
    model.parameters.allocate(seed: 0, withGradients: false)
    if !Plan.isRunning {
      for entry in model.parameters.entries {
        try model.parameters.write(entry) { tensor in
          try file.weights.read(
            entry.name, into: UnsafeMutableBufferPointer(start: tensor.pointer, count: tensor.count))
        }
      }
    }
    weightsHash = file.weightsHash
    parts = Parts(
      model: TiledAutoencoder(model, tile: Self.tile, framesAtOnce: 8), statistics: statistics)
  }

  /// z, f, h and w of the latents of a clip.
  public func latentShape(of clip: ClipShape) -> [Int] { configuration.latentShape(of: clip) }

  /// Clips [B, 3, F, H, W] to latents [B, z, f, h, w], some frames at a time.
  public func latents(of clips: Tensor) -> Tensor {
    ChannelsLast().backward(parts.statistics.normalized(parts.model.means(of: clips)))
  }

  /// Latents [B, z, f, h, w] to clips [B, 3, F, H, W] in −1…1, some latents at a time.
  public func clips(of latents: Tensor) -> Tensor {
    let clips = parts.model.clips(of: parts.statistics.denormalized(ChannelsLast().forward(latents)))
    clips.clamp(-1...1)
    return clips
  }

  /// The same examples as latents, if they are not already.
  public func encoded(_ examples: Examples) -> Examples {
    guard examples.content == .pixels else { return examples }
    return Examples(clips: latents(of: examples.clips), content: .latents, entries: examples.entries)
  }
}

extension FrozenAutoencoder: Reconstructor {
  /// Clips by way of their latents.
  public func reconstruct(_ clips: Tensor) -> Tensor { self.clips(of: latents(of: clips)) }
}

extension VideoAutoencoderConfiguration {
  /// z, f, h and w of the latents of a clip.
  func latentShape(of clip: ClipShape) -> [Int] {
    [latentChannels, latentFrames(clip.frames), clip.height / pixelFactor, clip.width / pixelFactor]
  }
}
