import Video

/// Looks for the training clip that is nearest to each sample, one clip at a time: it keeps the thumbnails of the
/// samples alone, however many clips there are.
public struct NearestClipSearch: Sendable {
  private struct Best {
    var error: Int, index: Int, name: String
  }

  private let names: [String]
  private let samples: [ClipThumbnail]
  private var best: [Best?]
  private var compared = 0

  /// A search for the clips that are nearest to samples.
  /// - Parameters:
  ///   - samples: the pictures of each sample, of one number of frames.
  ///   - names: what each sample is called, as its prompt.
  public init(samples: [[Picture]], names: [String]) {
    precondition(!samples.isEmpty && samples.count == names.count, "each sample has a name, and there is one")
    self.samples = samples.map { ClipThumbnail($0) }
    self.names = names
    best = [Best?](repeating: nil, count: samples.count)
  }

  /// Compares all samples with a clip. Of clips that are equally near the one of the lowest index counts, in whatever
  /// order they come.
  /// - Parameters:
  ///   - clip: as many frames as a sample has, taken as for training.
  ///   - name: the clip's name in its manifest.
  ///   - index: the clip's place in its manifest.
  public mutating func compare(with clip: ClipThumbnail, name: String, index: Int) {
    compared += 1
    for (sample, thumbnail) in samples.enumerated() {
      let error = thumbnail.squaredError(to: clip)
      if let old = best[sample], (old.error, old.index) <= (error, index) { continue }
      best[sample] = Best(error: error, index: index, name: name)
    }
  }

  /// What was found; nil before the first clip.
  /// - Parameter threshold: decibels above which a sample counts as near.
  public func result(threshold: Double = NearestClips.defaultThreshold) -> NearestClips? {
    guard compared > 0 else { return nil }
    let matches = samples.indices.map { sample in
      NearestClips.Match(
        sample: names[sample], clip: best[sample]!.name, index: best[sample]!.index,
        psnr: NearestClips.psnr(squaredError: best[sample]!.error, of: samples[sample].samples.count),
        isIdentical: best[sample]!.error == 0)
    }
    return NearestClips(matches: matches, compared: compared, threshold: threshold)
  }
}
