import Evaluation
import Video

extension NearestClips {
  /// A contact sheet of pairs of rows: each sample, and below it the clip that is nearest to it.
  ///
  /// - Parameters:
  ///   - samples: the pictures of each sample, in the order of `matches`.
  ///   - nearest: the pictures of each match's clip, of the size of a sample's.
  ///   - scale: as of `ContactSheet`.
  public func sheet(samples: [[Picture]], nearest: [[Picture]], scale: Int? = nil) -> Picture {
    precondition(
      samples.count == matches.count && nearest.count == matches.count,
      "a sheet of pairs takes a sample and a clip for each match")
    return ContactSheet.picture(
      rows: zip(samples, nearest).flatMap { [$0, $1] },
      captions: matches.flatMap { match in
        [match.sample, "nearest, \(match.closeness)\(match.isIdentical ? "" : " dB"): \(match.clip)"]
      }, scale: scale)
  }
}
