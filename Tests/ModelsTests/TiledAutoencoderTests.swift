import Foundation
import GradientCheck
import Layers
import Testing

@testable import Models
@testable import Tensors

/// Tiles that are blended where they overlap give nearly what the whole frame does, in memory that does not grow with it.
struct TiledAutoencoderTests {
  @Test(arguments: StreamedAutoencoderTests.layouts, [1, 5])
  func oneTileThatCoversAllHasTheBitsOfTheWhole(_ configuration: VideoAutoencoderConfiguration, frames: Int) {
    let model = StreamedAutoencoderTests.model(configuration)
    let side = configuration.pixelFactor
    let clips = gaussian([2, 3, frames, 2 * side, 3 * side])
    let tiled = TiledAutoencoder(model, tile: 3 * side, overlap: side)
    let means = model.means(of: clips)
    #expect(sameBits(tiled.means(of: clips), means))
    #expect(sameBits(tiled.clips(of: means), model.clips(of: means)))
  }

  /// Odd numbers of latents, several clips, tiles that overlap twice: what comes out has its shape and is near the whole.
  @Test(arguments: StreamedAutoencoderTests.layouts, [(3, 0), (3, 1), (4, 3)])
  func framesOfAnySizeAreCovered(
    _ configuration: VideoAutoencoderConfiguration, tile: (size: Int, overlap: Int)
  ) {
    let model = StreamedAutoencoderTests.model(configuration)
    let side = configuration.pixelFactor
    let clips = gaussian([2, 3, 5, 5 * side, 7 * side])
    let tiled = TiledAutoencoder(model, tile: tile.size * side, overlap: tile.overlap * side)
    let (means, whole) = (tiled.means(of: clips), model.means(of: clips))
    #expect(means.shape == whole.shape && means.isFinite)
    let (decoded, wholeDecoded) = (tiled.clips(of: whole), model.clips(of: whole))
    #expect(decoded.shape == clips.shape && decoded.isFinite)
    #expect(meanAbsolute(decoded, wholeDecoded) < meanAbsolute(wholeDecoded, Tensor.zeros(clips.shape)))
  }

  @Test func resultsDoNotDependOnThreads() {
    let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
    let clips = gaussian([1, 3, 5, 40, 24])
    let tiled = TiledAutoencoder(model, tile: 16, overlap: 8)
    func both() -> (Tensor, Tensor) {
      let means = tiled.means(of: clips)
      return (means, tiled.clips(of: means))
    }
    let (one, three) = (Parallel.withThreads(1, both), Parallel.withThreads(3, both))
    #expect(sameBits(one.0, three.0) && sameBits(one.1, three.1))
  }

  @Test(arguments: [
    (length: 5, tile: 8, overlap: 2, starts: [0]), (8, 8, 2, [0]), (9, 8, 2, [0, 1]), (16, 8, 0, [0, 8]),
    (20, 8, 2, [0, 6, 12]), (19, 8, 2, [0, 5, 11]), (11, 4, 3, [0, 1, 2, 3, 4, 5, 6, 7]),
  ])
  func tilesAreSpreadEvenly(length: Int, tile: Int, overlap: Int, starts: [Int]) {
    let axis = TileAxis(length: length, tile: tile, overlap: overlap)
    #expect(axis.starts == starts && axis.size == min(length, tile))
    #expect(axis.range(starts.count - 1, scale: 3).upperBound == 3 * length)
    for scale in [1, 8] {
      var totals = Array(repeating: Float(0), count: length * scale)
      for (start, weights) in zip(starts, axis.weights(scale: scale)) {
        for (p, weight) in weights.enumerated() { totals[start * scale + p] += weight }
      }
      #expect(totals.allSatisfy { abs($0 - 1) < 1e-6 })
    }
  }

  @Test func weightsGoLinearlyFromTileToTile() {
    let axis = TileAxis(length: 6, tile: 4, overlap: 2)
    #expect(axis.weights() == [[1, 1, 0.75, 0.25], [0.25, 0.75, 1, 1]])
    #expect(TileAxis(length: 4, tile: 2, overlap: 0).weights() == [[1, 1], [1, 1]])
  }

  /// Twice as many pixels on each side need more memory for the clip that comes out, and no more for making it.
  @Test func largerFramesNeedNoMoreMemoryButTheirOwn() {
    let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
    let tiled = TiledAutoencoder(model, tile: 32, overlap: 8)
    func peaks(_ side: Int) -> [Int] {
      // The result: pixels 4 bytes each, three colours; rounded as the pool does.
      let (clip, latents) = (Tensor([1, 3, 9, side, side]), Tensor([1, 3, side / 8, side / 8, 4]))
      return [
        Plan.rehearse { _ = tiled.means(of: clip) }.memory.peakBytes - Memory.roundedSize(4 * latents.count),
        Plan.rehearse { _ = tiled.clips(of: latents) }.memory.peakBytes - Memory.roundedSize(4 * clip.count),
      ]
    }
    #expect(peaks(80) == peaks(200))
  }

  /// Bounds are twice what was measured; docs/performance.md has larger tiles.
  @Test func theMoreTilesOverlapTheNearerTheWholeFrame() {
    let model = VideoAutoencoder(VideoAutoencoderConfiguration(width: 16, start: .haar))
    model.parameters.allocate(seed: 1, withGradients: false)
    let errors = [0, 8, 16].map { overlap in
      let side = 2 * 32 - overlap
      let clip = movingPicture(frames: 5, side: side)
      let tiled = TiledAutoencoder(model, tile: 32, overlap: overlap)
      return meanAbsolute(tiled.clips(of: tiled.means(of: clip)), model.clips(of: model.means(of: clip)))
    }
    #expect(errors[1] < errors[0] && errors[2] < errors[1], "\(errors)")
    #expect(errors[1] < 0.055 && errors[2] < 0.036, "\(errors)")
  }

  @Test func tilesThatCannotBeAreNamed() {
    let wan = VideoAutoencoderConfiguration()
    func problem(_ tile: Int, _ overlap: Int) -> String? {
      TiledAutoencoder.problem(tile: tile, overlap: overlap, wan)
    }
    #expect(problem(64, 0) == nil && problem(64, 56) == nil)
    #expect(
      problem(36, 8)
        == "a tile of 36 pixels is no multiple of the 8 that a latent stands for; take 32 or 40")
    #expect(
      problem(32, -8)
        == "an overlap of -8 pixels is no multiple of the 8 that a latent stands for; take 8")
    #expect(
      problem(32, 32)
        == "tiles of 32 pixels that overlap by 32 never end; take a smaller overlap or a larger tile")
  }

  @Test func tilesThatNeverEndAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
      _ = TiledAutoencoder(model, tile: 32, overlap: 32)
    }
    await #expect(processExitsWith: .failure) {
      let model = StreamedAutoencoderTests.model(StreamedAutoencoderTests.layouts[0])
      _ = TiledAutoencoder(model, tile: 36)
    }
  }
}

private func meanAbsolute(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.values, b.values).reduce(0) { $0 + Double(abs($1.0 - $1.1)) } / Double(a.count)
}

/// Waves of 29 to 83 pixels that move by up to one and a half a frame, [1, 3, F, side, side] within −1…1.
private func movingPicture(frames: Int, side: Int) -> Tensor {
  var values: [Float] = []
  for c in 0..<3 {
    for t in 0..<frames {
      for y in 0..<side {
        for x in 0..<side {
          let (p, q) = (Double(x) + 1.5 * Double(t), Double(y) - 0.5 * Double(t))
          let fine = sin(2 * .pi * p / 37 + Double(c)) * cos(2 * .pi * q / 29)
          values.append(Float(0.5 * fine + 0.3 * sin(2 * .pi * (p + q) / 83 + 2 * Double(c))))
        }
      }
    }
  }
  return Tensor(values, [1, 3, frames, side, side])
}
