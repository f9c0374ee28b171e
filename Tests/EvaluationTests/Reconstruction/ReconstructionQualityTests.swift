import Clips
import Evaluation
import Tensors
import Testing

/// Gives clips back darker.
struct Darker: Reconstructor {
  let factor: Float

  func reconstruct(_ clips: Tensor) -> Tensor {
    let darker = clips.copied()
    darker.scale(by: factor)
    return darker
  }
}

struct ReconstructionQualityTests {
  private func reader() throws -> ClipReader {
    let clips = try GreyClips([
      ("a.mp4", 10, 40, nil), ("b.mp4", 240, 240, nil), ("c.mp4", 220, 230, nil),
    ])
    return try ClipReader(clips.manifest(), shape: clips.shape)
  }

  @Test func figuresAreMeansOverClips() throws {
    let reader = try reader()
    let evaluation = ReconstructionQuality(Darker(factor: 0.9), batch: 2).run(reader)
    #expect(evaluation.title == "reconstruction" && evaluation.loss == nil && evaluation.choice == nil)
    #expect(
      evaluation.figures.map(\.name) == ["psnr", "psnrFirstFrame", "psnrOtherFrames", "ssim", "flicker"])
    // Whatever the batch; and as the figures say of all clips at once.
    #expect(ReconstructionQuality(Darker(factor: 0.9), batch: 1).run(reader).figures == evaluation.figures)
    var figures = ReconstructionFigures()
    let clips = reader.examples(0..<3).clips
    figures.add(Darker(factor: 0.9).reconstruct(clips), of: clips)
    #expect(evaluation.figures[0].value == figures.psnr.mean)
    #expect(figures.psnr.values.allSatisfy { (20..<40).contains($0) })
  }

  @Test func betterReconstructionsAreChosen() throws {
    let reader = try reader()
    func choice(_ factor: Float) throws -> Double {
      try #require(
        ReconstructionQuality(Darker(factor: factor), batch: 3, choosesBest: true).run(reader).choice)
    }
    #expect(try choice(1) == -100)
    #expect(try choice(0.9) < choice(0.8))
  }

  @Test func itCanBeStopped() throws {
    var passes = 0
    let evaluation = ReconstructionQuality(Darker(factor: 1), batch: 1).run(try reader()) {
      passes += 1
      return passes < 2
    }
    #expect(evaluation == nil && passes == 2)
  }
}
