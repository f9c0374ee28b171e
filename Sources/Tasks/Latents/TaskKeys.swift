import Fields

/// What a recipe's section `task` says beside the kind.
public struct TaskKeys: Sendable, Equatable {
  /// The autoencoder that the model sees clips through: a path, and what a latent of it stands for; nil for pixels.
  public let autoencoder: (path: String, stride: LatentStride)?

  /// None.
  public static let none = TaskKeys(autoencoder: nil)

  init(autoencoder: (path: String, stride: LatentStride)?) { self.autoencoder = autoencoder }

  /// Declares `autoencoder` and `latentStride`, for kinds that can learn from latents; `section` is `task`.
  package init(_ section: Section, of kind: any VideoTask.Type) {
    guard kind.canLearnFromLatents else {
      self = .none
      return
    }
    let path = section.optionalString(
      "autoencoder",
      "A checkpoint of task.kind \"autoencoder\", or its run's folder, through whose latents the model sees clips; without it "
        + "the model sees pixels.")
    let stride = section.integers(
      "latentStride", 1...64, default: [4, 8, 8],
      "Frames, rows and columns that a latent of task.autoencoder stands for.")
    autoencoder = path.map { ($0, LatentStride(frames: stride[0], height: stride[1], width: stride[2])) }
  }

  /// The autoencoder, if there is one and a latent of it stands for what the recipe says.
  /// - Throws: `AutoencoderError`, `CheckpointError`, `MachineError`.
  func autoencoderFile() throws -> AutoencoderFile? {
    guard let (path, stride) = autoencoder else { return nil }
    let file = try AutoencoderFile(path)
    guard file.stride == stride else {
      throw AutoencoderError.otherStride(path: file.path, stride: file.stride.list, wanted: stride.list)
    }
    return file
  }

  /// Whether both say the same.
  public static func == (left: TaskKeys, right: TaskKeys) -> Bool {
    left.autoencoder?.path == right.autoencoder?.path && left.autoencoder?.stride == right.autoencoder?.stride
  }
}
