import Evaluation
import Video

extension ClassPredictions {
  /// The most mistakes that a sheet shows.
  public static let shownMistakes = 12

  /// A contact sheet of the most confident mistakes: a row a clip, above it "walk -> run, 97 %: clips/a.mp4".
  /// - Parameter clips: the pictures of the first mistakes in their order, as many as are to be shown, at least one.
  public func sheetOfMistakes(_ clips: [[Picture]]) -> Picture {
    precondition(!clips.isEmpty && clips.count <= mistakes.count, "a sheet of mistakes shows one at least")
    return ContactSheet.picture(
      rows: clips.map { clip in
        let shown = min(clip.count, Self.shownFrames)
        return (0..<shown).map { clip[$0 * clip.count / shown] }
      },
      captions: zip(mistakes, clips).map { mistake, _ in
        "\(classes[mistake.truth]) -> \(classes[mistake.predicted]), \(Figure.percent(mistake.confidence)): "
          + entries[mistake.clip].name
      })
  }

  /// The most frames of a row, from all over the clip.
  private static let shownFrames = 8
}
