import Denoising
import Tasks

/// The kinds of task that a recipe can name: a case and its type, and all of the program knows it.
public enum TaskKind: String, CaseIterable, Sendable {
  /// A caption to a clip.
  case textToVideo
  /// A noisy clip to the clip behind it.
  case denoising

  /// The task's type, which declares its keys.
  var task: any VideoTask.Type {
    switch self {
    case .textToVideo: TextToVideoTask.self
    case .denoising: DenoisingTask.self
    }
  }
}
