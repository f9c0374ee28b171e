import Checkpoints
import Hashing

extension LoadedModel {
  /// The SHA-256 of a checkpoint's averaged weights: the one that adapters know a base by. Of an adapter it is that of the
  /// hashes of its own weights and of the base's.
  /// - Throws: `CheckpointError` when they cannot be read.
  public static func weightsHash(of checkpoint: LoadedCheckpoint, base: LoadedBase?) throws -> String {
    guard let base else { return try LoadedBase(checkpoint).weightsHash }
    var hash = SHA256()
    hash.update(try CheckpointWeights(checkpoint).weightsHash())
    hash.update(base.weightsHash)
    return hash.finish()
  }
}
