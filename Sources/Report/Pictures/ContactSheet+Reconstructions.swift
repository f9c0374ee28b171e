import Video

extension ContactSheet {
  /// Pairs of rows: each clip, and below it its reconstruction.
  ///
  /// - Parameters:
  ///   - originals: the frames of each clip.
  ///   - reconstructions: the frames of each reconstruction, as many and of the same size.
  ///   - names: one a clip, drawn above it.
  ///   - mostFrames: the most frames of a row; of longer clips as many at equal distances, the first among them.
  ///   - scale: as of `picture`.
  public static func reconstructions(
    of originals: [[Picture]], _ reconstructions: [[Picture]], names: [String], mostFrames: Int = 9,
    scale: Int? = nil
  ) -> Picture {
    precondition(
      originals.map(\.count) == reconstructions.map(\.count), "each frame has its reconstruction")
    precondition(names.count == originals.count && mostFrames > 0, "a sheet of pairs has a name for each")
    func shown(_ frames: [Picture]) -> [Picture] {
      let count = min(frames.count, mostFrames)
      return (0..<count).map { frames[$0 * frames.count / count] }
    }
    return picture(
      rows: zip(originals, reconstructions).flatMap { [shown($0), shown($1)] },
      captions: names.flatMap { [$0, "reconstruction"] }, scale: scale)
  }
}
