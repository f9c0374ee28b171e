import Checkpoints

extension TaskFacts {
  static let autoencoderHash = "autoencoder_sha256", autoencoderChannels = "latent_channels"

  /// These facts and those of an autoencoder, whose latents the model learns from.
  /// - Parameter base: the facts of the checkpoint that the run starts from.
  /// - Throws: `AutoencoderError` when it does not fit the base.
  func with(_ autoencoder: AutoencoderFile, base: TaskFacts?) throws -> TaskFacts {
    if case .text(let hash)? = base?[Self.autoencoderHash], hash != autoencoder.weightsHash {
      throw AutoencoderError.otherThanBase(
        path: autoencoder.path, hash: autoencoder.weightsHash, base: hash)
    }
    return merging(
      [
        Self.autoencoderHash: .text(autoencoder.weightsHash),
        Self.autoencoderChannels: .integer(autoencoder.configuration.latentChannels),
      ]
    ) { $1 }
  }

  /// The autoencoder at a path, if it is the one of these facts; of a run's folder the checkpoint that is.
  /// - Throws: `AutoencoderError`, `TaskFactsError`.
  func autoencoder(at path: String) throws -> FrozenAutoencoder {
    guard case .text(let wanted)? = self[Self.autoencoderHash] else {
      throw TaskFactsError.missing(Self.autoencoderHash)
    }
    let file = try AutoencoderFile(path)
    if file.weightsHash == wanted { return try FrozenAutoencoder(file) }
    // A run that went on has newer checkpoints, and may have kept the one that is meant.
    for entry in try CheckpointFolder.at(path)?.list() ?? [] where entry.path != file.path {
      if let older = try? AutoencoderFile(entry.path), older.weightsHash == wanted {
        return try FrozenAutoencoder(older)
      }
    }
    throw AutoencoderError.otherWeights(path: path, hash: file.weightsHash, wanted: wanted)
  }
}
