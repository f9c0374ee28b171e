import Foundation
import Tensors

/// How good reconstructions of clips are: a figure of each clip, and the means over clips.
///
/// Reconstructed values are taken as they are shown, from −1 to 1. Figures are of a clip first, so that each counts as much:
/// a mean of decibels over clips, not decibels of a mean.
public struct ReconstructionFigures: Sendable {
  /// The figures of one clip.
  public struct Clip: Sendable, Equatable {
    /// The peak signal-to-noise ratio in dB, 10 log10(2² / mean e²) over all values of the clip; 100 at most, which an exact
    /// reconstruction has.
    public let psnr: Double
    /// The same of frame 0 alone: a causal autoencoder knows nothing before it.
    public let psnrFirstFrame: Double
    /// The same of the other frames together; nil for clips of one frame.
    public let psnrOtherFrames: Double?
    /// Structural similarity, the mean over frames and channels: 1 for equal clips. (`StructuralSimilarity` in the code.)
    public let ssim: Double
    /// How much more or less changes from frame to frame than in the original: the mean of
    /// |(ŷ(f + 1) − ŷ(f)) − (y(f + 1) − y(f))| in grey levels of 0…255. 0 for what is exact, or wrong in the same way in
    /// all frames, whatever moves; nil for clips of one frame.
    public let flicker: Double?

    /// All figures in a row.
    var row: [Double] { [psnr, psnrFirstFrame, ssim] + [psnrOtherFrames, flicker].compactMap(\.self) }
  }

  /// The most decibels that are counted.
  public static let mostDecibels = 100.0

  /// The figures of each clip, in the order in which they were added.
  public private(set) var clips: [Clip] = []

  /// Figures of no clips yet.
  public init() {}

  /// The figures that the clips' `row` gave.
  init(rows: [[Double]]) { clips = rows.map(Clip.init(row:)) }

  /// Adds the figures of clips.
  /// - Parameters: reconstruction, original [B, C, F, H, W].
  public mutating func add(_ reconstruction: Tensor, of original: Tensor) {
    let comparison = PlaneComparison(reconstruction, to: original)
    guard !Plan.isRunning else { return }
    let frames = original.shape[2]
    for clip in 0..<original.shape[0] {
      func psnr(_ range: Range<Int>) -> Double {
        Self.decibels(comparison.meanSquaredError(clip: clip, range))
      }
      clips.append(
        Clip(
          psnr: psnr(0..<frames), psnrFirstFrame: psnr(0..<1),
          psnrOtherFrames: frames > 1 ? psnr(1..<frames) : nil, ssim: comparison.meanSimilarity(clip: clip),
          flicker: frames > 1 ? 127.5 * comparison.meanChange(clip: clip) : nil))
    }
  }

  /// A figure's mean over the clips that have it, with its range.
  public func mean(_ figure: (Clip) -> Double?) -> SampleMean { SampleMean(clips.compactMap(figure)) }

  /// The mean over clips of decibels.
  public var psnr: SampleMean { mean(\.psnr) }
  /// The mean over clips of decibels of frame 0.
  public var psnrFirstFrame: SampleMean { mean(\.psnrFirstFrame) }
  /// The mean over clips of decibels of the other frames; empty for clips of one frame.
  public var psnrOtherFrames: SampleMean { mean(\.psnrOtherFrames) }
  /// The mean over clips of structural similarity.
  public var ssim: SampleMean { mean(\.ssim) }
  /// The mean over clips of flicker; empty for clips of one frame.
  public var flicker: SampleMean { mean(\.flicker) }

  /// The peak signal-to-noise ratio of values from −1 to 1; not a number stays so.
  private static func decibels(_ meanSquaredError: Double) -> Double {
    let decibels = 10 * log10(4 / meanSquaredError)
    return decibels > mostDecibels ? mostDecibels : decibels
  }
}

extension ReconstructionFigures.Clip {
  /// What `row` gave: a clip of one frame has two numbers fewer.
  fileprivate init(row: [Double]) {
    self.init(
      psnr: row[0], psnrFirstFrame: row[1], psnrOtherFrames: row.count > 3 ? row[3] : nil, ssim: row[2],
      flicker: row.count > 3 ? row[4] : nil)
  }
}
