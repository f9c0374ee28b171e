import Autoencoding
import Denoising
import Tasks
import Understanding

/// The kinds of task that a recipe can name: a case and its type, and all of the program knows it.
public enum TaskKind: String, CaseIterable, Sendable {
  /// A caption to a clip.
  case textToVideo
  /// A noisy clip to the clip behind it.
  case denoising
  /// A clip of which most is hidden to what was hidden.
  case maskedAutoencoder
  /// Some of a clip to the features of the rest.
  case jointEmbedding
  /// A clip to its class.
  case classification
  /// A clip to few numbers and back.
  case autoencoder

  /// The task's type, which declares its keys.
  var task: any VideoTask.Type {
    switch self {
    case .textToVideo: TextToVideoTask.self
    case .denoising: DenoisingTask.self
    case .maskedAutoencoder: MaskedAutoencoderTask.self
    case .jointEmbedding: JointEmbeddingTask.self
    case .classification: ClassificationTask.self
    case .autoencoder: AutoencoderTask.self
    }
  }
}
