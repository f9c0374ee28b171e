import Checkpoints
import Clips
import Foundation
import Models

/// A checkpoint that holds an autoencoder: which one it is, and what its latents stand for, without its weights in memory.
public struct AutoencoderFile: LatentCode {
  /// Where the checkpoint was read.
  public let path: String
  /// Its sizes.
  public let configuration: VideoAutoencoderConfiguration
  /// One SHA-256 over its weights and the statistics of its latents.
  public let weightsHash: String
  let weights: CheckpointWeights

  /// The attribute of an autoencoder's checkpoint that holds its sizes.
  public static let sizesKey = "autoencoder_sizes"

  /// Reads what a checkpoint says of its autoencoder, and hashes its weights.
  /// - Parameter path: a file, or a run's folder, which stands for its newest good checkpoint.
  /// - Throws: `AutoencoderError`, `CheckpointError`, `MachineError`.
  public init(_ path: String) throws {
    let checkpoint = try Self.checkpoint(path)
    guard case .text(let text)? = checkpoint.attributes[Self.sizesKey],
      let sizes = VideoAutoencoderConfiguration(text: text)
    else { throw AutoencoderError.otherKind(path: checkpoint.path) }
    self.path = checkpoint.path
    configuration = sizes
    weights = CheckpointWeights(checkpoint)
    weightsHash = try weights.weightsHash()
  }

  private static func checkpoint(_ path: String) throws -> LoadedCheckpoint {
    guard let folder = CheckpointFolder.at(path) else {
      guard FileManager.default.fileExists(atPath: path) else { throw AutoencoderError.missing(path: path) }
      return try CheckpointFile.read(path)
    }
    guard let found = try folder.newest() else { throw AutoencoderError.missing(path: path) }
    return found.checkpoint
  }

  /// Frames, rows and columns that a latent stands for: 4, 8, 8, say.
  public var stride: LatentStride {
    LatentStride(
      frames: configuration.timeFactor, height: configuration.pixelFactor, width: configuration.pixelFactor)
  }

  /// z, f, h and w of the latents of a clip.
  public func latentShape(of clip: ClipShape) -> [Int] { configuration.latentShape(of: clip) }
}
