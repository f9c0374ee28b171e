import Clips

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
  public func run(_ clips: ClipReader, goesOn: () -> Bool) -> Evaluation? {
    var figures = ReconstructionFigures()
    for first in stride(from: 0, to: clips.count, by: batch) {
      guard goesOn() else { return nil }
      let examples = clips.examples(first..<min(clips.count, first + batch))
      figures.add(reconstructor.reconstruct(examples.clips), of: examples.clips)
    }
    let evaluation = Evaluation(figures)
    return choosesBest ? evaluation.chosen(by: figures.psnr.mean.map { -$0 }) : evaluation
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
