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
    precondition(nearest.count == matches.count, "a sheet of pairs takes a clip for each match")
    return sheet(of: Array(matches.indices), samples: samples, nearest: nearest, scale: scale)
  }

  /// The same of the closest samples alone, the closest first.
  ///
  /// - Parameters:
  ///   - samples: the pictures of each sample, in the order of `matches`.
  ///   - nearest: the pictures of the first clips in the order of `closest`, as many as are shown.
  public func sheetOfClosest(samples: [[Picture]], nearest: [[Picture]]) -> Picture {
    sheet(of: Array(closest.prefix(nearest.count)), samples: samples, nearest: nearest, scale: nil)
  }

  private func sheet(of places: [Int], samples: [[Picture]], nearest: [[Picture]], scale: Int?) -> Picture {
    precondition(samples.count == matches.count, "a sheet of pairs takes a sample for each match")
    return ContactSheet.picture(
      rows: zip(places, nearest).flatMap { [samples[$0], $1] },
      captions: places.flatMap { place in
        let match = matches[place]
        return [match.sample, "nearest, \(match.closeness)\(match.isIdentical ? "" : " dB"): \(match.clip)"]
      }, scale: scale)
  }
}
