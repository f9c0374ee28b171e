import Foundation

/// Why a checkpoint does not serve as the autoencoder of a latent model.
public enum AutoencoderError: Error, Equatable, CustomStringConvertible {
  /// There is no checkpoint at the path.
  case missing(path: String)
  /// It is of another kind of task.
  case otherKind(path: String)
  /// A parameter is not there, or has another shape.
  case otherTensors(path: String, name: String)
  /// A latent does not stand for as many frames and pixels as the recipe says.
  case otherStride(path: String, stride: [Int], wanted: [Int])
  /// Its weights are not those that the model learned from.
  case otherWeights(path: String, hash: String, wanted: String)
  /// The base's latents are those of another autoencoder.
  case otherThanBase(path: String, hash: String, base: String)

  /// One sentence with a remedy.
  public var description: String {
    switch self {
    case .missing(let path):
      "task.autoencoder: there is no checkpoint at \(path)"
        + (path.hasPrefix("/") ? "" : ", seen from \(FileManager.default.currentDirectoryPath)")
        + "; train one (task.kind \"autoencoder\"), give its path, or begin where the run began."
    case .otherKind(let path):
      "task.autoencoder: \(path) holds no autoencoder; give a checkpoint of task.kind \"autoencoder\"."
    case .otherTensors(let path, let name):
      "task.autoencoder: \(path) has no \(name) of the shape that its own sizes ask for; the file is damaged or was changed."
    case .otherStride(let path, let stride, let wanted):
      "task.latentStride is \(wanted), but a latent of \(path) stands for \(stride) frames, rows and columns; set the key to "
        + "that."
    case .otherWeights(let path, let hash, let wanted):
      "task.autoencoder: \(path) has other weights (SHA-256 \(hash.prefix(12))…) than the autoencoder that the model learned "
        + "from (\(wanted.prefix(12))…); put that one back in its place."
    case .otherThanBase(let path, let hash, let base):
      "task.autoencoder: \(path) (SHA-256 \(hash.prefix(12))…) is not the autoencoder of the base (\(base.prefix(12))…), whose "
        + "latents mean other things; give that one."
    }
  }
}
