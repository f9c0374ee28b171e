import Checkpoints
import Clips
import Evaluation
import Foundation
import Layers
import Models
import Objectives
import Tensors

/// An autoencoder that was trained before, through which a latent model sees clips.
///
///     latents = (mean of encode(x) − latents_mean) / latents_std,   x = decode(latents · latents_std + latents_mean)
///
/// Its weights are the averaged ones of its checkpoint; nothing trains them. Each clip gives the same bits whatever clips
/// stand beside it.
public struct FrozenAutoencoder: LatentEncoder, Sendable {
  /// Where its checkpoint was read.
  public let path: String
  /// One SHA-256 over its weights and the statistics of its latents.
  public let weightsHash: String
  /// Its sizes.
  public var configuration: VideoAutoencoderConfiguration { parts.model.configuration }
  private let parts: Parts

  /// The model is a value that nobody changes once it is loaded.
  private struct Parts: @unchecked Sendable {
    let model: VideoAutoencoder
    let tiled: TiledAutoencoder
    let statistics: LatentStatistics
  }

  /// Frames with a longer side go through in overlapping tiles of so many pixels on each side.
  public static let tile = 512

  /// The attribute of an autoencoder's checkpoint that holds its sizes.
  public static let sizesKey = "autoencoder_sizes"

  /// Loads the autoencoder of a checkpoint; during a rehearsal its memory alone.
  /// - Parameter path: a file, or a run's folder, which stands for its newest good checkpoint.
  /// - Throws: `AutoencoderError`, `CheckpointError`, `MachineError`.
  public init(_ path: String) throws {
    let checkpoint = try Self.checkpoint(path)
    guard case .text(let text)? = checkpoint.attributes[Self.sizesKey],
      let sizes = VideoAutoencoderConfiguration(text: text)
    else { throw AutoencoderError.otherKind(path: checkpoint.path) }
    let weights = CheckpointWeights(checkpoint)
    let model = VideoAutoencoder(sizes)
    let statistics = LatentStatistics(model.parameters.root, channels: sizes.latentChannels)
    for entry in model.parameters.entries where weights.shape(entry.name) != entry.shape {
      throw AutoencoderError.otherTensors(path: checkpoint.path, name: entry.name)
    }
    model.parameters.allocate(seed: 0, withGradients: false)
    if !Plan.isRunning {
      for entry in model.parameters.entries {
        try model.parameters.write(entry) { tensor in
          try weights.read(
            entry.name, into: UnsafeMutableBufferPointer(start: tensor.pointer, count: tensor.count))
        }
      }
    }
    self.path = checkpoint.path
    weightsHash = try weights.weightsHash()
    parts = Parts(
      model: model, tiled: TiledAutoencoder(model, tile: Self.tile, framesAtOnce: 8), statistics: statistics)
  }

  private static func checkpoint(_ path: String) throws -> LoadedCheckpoint {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw AutoencoderError.missing(path: path)
    }
    guard isFolder.boolValue else { return try CheckpointFile.read(path) }
    let inner = path + "/checkpoints"
    let folder = CheckpointFolder(FileManager.default.fileExists(atPath: inner) ? inner : path)
    guard let found = try folder.newest() else { throw AutoencoderError.missing(path: path) }
    return found.checkpoint
  }

  /// Frames, rows and columns that a latent stands for: 4, 8, 8, say.
  public var stride: [Int] {
    [configuration.timeFactor, configuration.pixelFactor, configuration.pixelFactor]
  }

  /// z, f, h and w of the latents of a clip.
  public func latentShape(of clip: ClipShape) -> [Int] {
    let c = configuration
    return [
      c.latentChannels, c.latentFrames(clip.frames), clip.height / c.pixelFactor, clip.width / c.pixelFactor,
    ]
  }

  /// Clips [B, 3, F, H, W] to latents [B, z, f, h, w], some frames at a time.
  public func latents(of clips: Tensor) -> Tensor {
    ChannelsLast().backward(parts.statistics.normalized(parts.tiled.means(of: clips)))
  }

  /// Latents [B, z, f, h, w] to clips [B, 3, F, H, W] in −1…1, some latents at a time.
  public func clips(of latents: Tensor) -> Tensor {
    let clips = parts.tiled.clips(of: parts.statistics.denormalized(ChannelsLast().forward(latents)))
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
