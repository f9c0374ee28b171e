import Evaluation
import Foundation
import Tensors
import Testing

struct ReconstructionFiguresTests {
  private struct Golden: Decodable {
    struct Figures: Decodable {
      let psnr: Double, psnrFirstFrame: Double, psnrOtherFrames: Double?, ssim: Double, flicker: Double?
    }
    let shape: [Int], original: [Float], reconstruction: [Float], figures: [Figures]
  }

  private func golden() throws -> [Golden] {
    let path = URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../Fixtures/reconstruction_figures.json")
    return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: path.standardizedFileURL))
  }

  private func isNear(_ ours: Double?, _ theirs: Double?, _ tolerance: Double) -> Bool {
    guard let ours, let theirs else { return ours == nil && theirs == nil }
    return abs(ours - theirs) < tolerance
  }

  /// By scikit-image and NumPy (Tests/Fixtures/make_reconstruction_figures_fixture.py).
  @Test func figuresAreThoseOfScikitImage() throws {
    for golden in try golden() {
      var figures = ReconstructionFigures()
      figures.add(
        Tensor(golden.reconstruction, golden.shape), of: Tensor(golden.original, golden.shape))
      #expect(figures.clips.count == golden.figures.count)
      for (ours, theirs) in zip(figures.clips, golden.figures) {
        #expect(isNear(ours.psnr, theirs.psnr, 1e-4), "\(golden.shape)")
        #expect(isNear(ours.psnrFirstFrame, theirs.psnrFirstFrame, 1e-4), "\(golden.shape)")
        #expect(isNear(ours.psnrOtherFrames, theirs.psnrOtherFrames, 1e-4), "\(golden.shape)")
        #expect(isNear(ours.ssim, theirs.ssim, 1e-4), "\(golden.shape): \(ours.ssim) \(theirs.ssim)")
        #expect(isNear(ours.flicker, theirs.flicker, 1e-4), "\(golden.shape)")
      }
    }
  }

  /// Clips [2, 3, F, 12, 13] of numbers from −0.9 to 0.9.
  private func clips(frames: Int) -> Tensor {
    let shape = [2, 3, frames, 12, 13]
    return Tensor((0..<shape.reduce(1, *)).map { Float(0.9 * sin(Double($0) * 0.37)) }, shape)
  }

  private func figures(_ reconstruction: Tensor, of original: Tensor) -> ReconstructionFigures.Clip {
    var figures = ReconstructionFigures()
    figures.add(reconstruction, of: original)
    return figures.clips[0]
  }

  @Test func whatIsExactHasTheMostDecibels() {
    let clips = clips(frames: 3)
    let exact = figures(clips.copied(), of: clips)
    #expect(exact.psnr == 100 && exact.psnrFirstFrame == 100 && exact.psnrOtherFrames == 100)
    #expect(exact.ssim == 1 && exact.flicker == 0)
  }

  @Test func oneFrameHasNoOthersAndNoFlicker() {
    let clips = clips(frames: 1)
    let dim = clips.copied()
    dim.scale(by: 0.5)
    let one = figures(dim, of: clips)
    #expect(one.psnr == one.psnrFirstFrame && one.psnrOtherFrames == nil && one.flicker == nil)
    var figures = ReconstructionFigures()
    figures.add(dim, of: clips)
    #expect(figures.flicker.mean == nil && figures.psnrOtherFrames.mean == nil)
    #expect(Evaluation(figures).figures.map(\.name) == ["psnr", "psnrFirstFrame", "ssim"])
  }

  @Test func valuesAreTakenAsTheyAreShown() {
    let white = Tensor.zeros([1, 1, 2, 4, 4])
    white.fill(1)
    let whiter = Tensor.zeros([1, 1, 2, 4, 4])
    whiter.fill(3)
    #expect(figures(whiter, of: white).psnr == 100)
  }

  @Test func flickerIsWhatTheReconstructionChangesAndTheClipDoesNot() throws {
    let clips = clips(frames: 4)
    // All frames are too bright by as much: wrong, but still.
    let bright = clips.copied()
    let offset = Tensor.zeros(clips.shape)
    offset.fill(2 / 127.5)
    bright.add(offset)
    let still = figures(bright, of: clips)
    #expect(try #require(still.flicker) < 1e-3)
    #expect(abs(still.psnr - 20 * log10(127.5)) < 1e-3)
    // Every second frame is too bright by two grey levels.
    let plane = 12 * 13
    let blinking = Tensor(
      zip(clips.values.indices, clips.values).map { index, value in
        value + (index / plane % 4 % 2 == 0 ? 0 : 2 / 127.5)
      }, clips.shape)
    let blinks = figures(blinking, of: clips)
    #expect(abs(try #require(blinks.flicker) - 2) < 1e-3)
    #expect(blinks.psnrFirstFrame == 100)
    #expect(try #require(blinks.psnrOtherFrames) < 50)
  }

  @Test func batchesAddUp() {
    let clips = clips(frames: 2)
    let dim = clips.copied()
    dim.scale(by: 0.8)
    var (whole, halves) = (ReconstructionFigures(), ReconstructionFigures())
    whole.add(dim, of: clips)
    let size = clips.count / 2
    for clip in 0..<2 {
      let shape = [1] + clips.shape.dropFirst()
      halves.add(dim.view(at: clip * size, shape), of: clips.view(at: clip * size, shape))
    }
    #expect(whole.clips == halves.clips && whole.psnr.values.count == 2)
    #expect(whole.psnr.interval != nil)
  }

  @Test func bitsDoNotDependOnThreads() {
    let clips = clips(frames: 3)
    let dim = clips.copied()
    dim.scale(by: 0.8)
    func figures(_ threads: Int) -> [ReconstructionFigures.Clip] {
      Parallel.withThreads(threads) {
        var figures = ReconstructionFigures()
        figures.add(dim, of: clips)
        return figures.clips
      }
    }
    #expect(figures(1) == figures(3))
  }

  @Test func whatIsNotANumberStaysSo() {
    let clips = clips(frames: 2)
    let broken = clips.copied()
    broken.fill(.nan)
    let figures = figures(broken, of: clips)
    #expect(figures.psnr.isNaN && figures.ssim.isNaN && figures.flicker!.isNaN)
  }
}
