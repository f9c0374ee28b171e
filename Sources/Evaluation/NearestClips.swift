import Foundation

/// How close samples come to the clips that a model was trained on, so that copying is seen.
///
/// Closeness is the peak signal-to-noise ratio over all bytes of the two thumbnails (`ClipThumbnail`), in decibels:
///
///     10 · log10(255² / mean squared difference)
///
/// A clip's own thumbnail gives `identical`. What is near depends on the clips: where all look alike, so do clips that
/// nobody copied, so compare with the same figure of held-out clips. Of 64 clips of the embedded set at level easy, held
/// against 10 000 training clips, the median was 21 dB where their combinations were held out (at most 30) and 33 dB
/// where they were trained on (at most 46); noise of ±8 of 255 on every pixel of a training clip leaves 46 dB, ±32
/// leaves 35, three levels more brightness 39, and a shift by one pixel of 64 leaves 30 to 40.
public struct NearestClips: Sendable, Equatable, Codable {
  /// A sample and the clip that is nearest to it.
  public struct Match: Sendable, Equatable, Codable {
    /// The sample's name.
    public let sample: String
    /// The clip's name.
    public let clip: String
    /// The clip's place in its manifest.
    public let index: Int
    /// How close they are in decibels, at most `identical`.
    public let psnr: Double
    /// Whether the thumbnails are the same to the byte.
    public let isIdentical: Bool
  }

  /// A match for each sample, in their order.
  public let matches: [Match]
  /// How many clips the samples were compared with.
  public let compared: Int
  /// The decibels above which a sample counts as near.
  public let threshold: Double
  /// The middle of the samples' closeness in decibels; of an even number the mean of the two in the middle.
  public let median: Double
  /// The closeness of the closest sample in decibels.
  public let maximum: Double
  /// How many samples are closer than the threshold.
  public let above: Int
  /// The share of samples that are closer than the threshold, 0 to 1.
  public let shareAbove: Double

  /// The decibels of thumbnails without a difference, and of differences too small for less.
  public static let identical = 99.0
  /// The threshold unless another is asked for, in decibels.
  public static let defaultThreshold = 40.0

  /// What matches amount to.
  /// - Parameter matches: at least one.
  init(matches: [Match], compared: Int, threshold: Double) {
    precondition(!matches.isEmpty, "there is nothing to sum up without a sample")
    self.matches = matches
    self.compared = compared
    self.threshold = threshold
    let sorted = matches.map(\.psnr).sorted()
    median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    maximum = sorted.last!
    above = matches.count { $0.psnr > threshold }
    shareAbove = Double(above) / Double(matches.count)
  }

  /// Places of matches, the closest first; equally close ones keep their order.
  public var closest: [Int] {
    matches.indices.sorted { (matches[$1].psnr, $0) < (matches[$0].psnr, $1) }
  }

  /// The closeness of two thumbnails in decibels.
  /// - Parameters:
  ///   - squaredError: the sum of squared differences of their bytes.
  ///   - count: how many bytes each has.
  static func psnr(squaredError: Int, of count: Int) -> Double {
    guard squaredError > 0 else { return identical }
    return min(identical, 10 * log10(255 * 255 * Double(count) / Double(squaredError)))
  }
}

extension NearestClips.Match {
  /// The closeness as a number with one decimal, or that there is no difference.
  public var closeness: String { isIdentical ? "identical" : String(format: "%.1f", psnr) }
}
