import Manifests
import SyntheticClips

/// Which captions of held-out clips are sampled.
public struct CaptionChoice: Sendable, Equatable {
  /// Places of the clips in their list, in its order.
  public let places: [Int]
  /// Whether a judge can tell what the clips show, so that samples can be held against that.
  public let isJudged: Bool

  /// The most captions unless another number is asked for: of clips that can be judged, and of others.
  public static let standardLimits = (judged: 64, others: 8)

  /// Chooses captions: the first of those that can be judged, if there are any; else some from all over the list.
  ///
  /// - Parameter limit: the most captions; nil for what suits.
  public init(of clips: [ClipEntry], limit: Int? = nil) {
    let judged = clips.indices.filter { SceneJudge.canJudge(clips[$0].attributes) }
    isJudged = !judged.isEmpty
    if isJudged {
      places = Array(judged.prefix(limit ?? Self.standardLimits.judged))
    } else {
      let count = min(limit ?? Self.standardLimits.others, clips.count)
      places = (0..<count).map { $0 * clips.count / count }
    }
  }
}
