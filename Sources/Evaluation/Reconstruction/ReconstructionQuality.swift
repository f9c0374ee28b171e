import Clips
import Tensors

/// How good the reconstructions of held-out clips are: `ReconstructionFigures` as an evaluator.
///
/// Its figures are `psnr`, `psnrFirstFrame` and `psnrOtherFrames` in dB, `ssim`, and `flicker` in grey levels, means over clips;
/// clips of one frame have no `psnrOtherFrames` and no `flicker`.
public struct ReconstructionQuality: Evaluator {
  /// The title of the figures.
  public static let title = "reconstruction"

  private let reconstructor: any Reconstructor
  private let batch: Int
  private let choosesBest: Bool

  /// The figures of a reconstructor.
  /// - Parameters:
  ///   - batch: clips a pass.
  ///   - choosesBest: whether checkpoints are chosen by `psnr`, where no evaluator before this one chooses.
  public init(_ reconstructor: any Reconstructor, batch: Int, choosesBest: Bool = false) {
    precondition(batch > 0, "a pass has at least one clip")
    self.reconstructor = reconstructor
    self.batch = batch
    self.choosesBest = choosesBest
  }

  /// The means over clips.
  public func run(_ clips: ClipReader, shared: SharedLook, goesOn: () -> Bool) -> Evaluation? {
    let rows = shared.rows(ofClips: clips.count, batch: batch) { range in
      goesOn() ? self.rows(of: clips.examples(range).clips) : nil
    }
    guard let rows else { return nil }
    let figures = ReconstructionFigures(rows: rows)
    let evaluation = Evaluation(figures)
    return choosesBest ? evaluation.chosen(by: figures.psnr.mean.map { -$0 }) : evaluation
  }

  /// The figures of each clip of a batch in a row.
  private func rows(of clips: Tensor) -> [[Double]] {
    var figures = ReconstructionFigures()
    figures.add(reconstructor.reconstruct(clips), of: clips)
    return figures.clips.map(\.row)
  }
}

extension Evaluation {
  /// The means of figures of reconstructions.
  public init(_ reconstructions: ReconstructionFigures) {
    let means: [(String, SampleMean)] = [
      ("psnr", reconstructions.psnr), ("psnrFirstFrame", reconstructions.psnrFirstFrame),
      ("psnrOtherFrames", reconstructions.psnrOtherFrames), ("ssim", reconstructions.ssim),
      ("flicker", reconstructions.flicker),
    ]
    self.init(
      title: ReconstructionQuality.title, condition: "measure",
      figures: means.compactMap { name, mean in mean.mean.map { Figure(name, $0) } }, loss: nil)
  }
}
