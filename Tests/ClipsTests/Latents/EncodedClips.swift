import Foundation
import Manifests
import Tensors
import Video

@testable import Clips

/// A made-up autoencoder: means of blocks of 2 × 4 × 4 pixels, times a weight, in four channels of which the last is the
/// mean of the others.
struct BlockMeans: LatentEncoder {
  var weight: Float = 0.7

  var weightsHash: String { "\(weight)".padding(toLength: 64, withPad: "0", startingAt: 0) }

  func latentShape(of clip: ClipShape) -> [Int] { [4, clip.frames / 2, clip.height / 4, clip.width / 4] }

  func latents(of clips: Tensor) -> Tensor {
    let (batch, frames, height, width) = (clips.shape[0], clips.shape[2], clips.shape[3], clips.shape[4])
    let (f, h, w) = (frames / 2, height / 4, width / 4)
    let pixels = clips.values
    var values = [Float](repeating: 0, count: batch * 4 * f * h * w)
    for clip in 0..<batch {
      for place in 0..<f * h * w {
        let (t, y, x) = (place / (h * w), place / w % h, place % w)
        for channel in 0..<3 {
          var sum: Float = 0
          for (dt, dy, dx) in (0..<32).map({ ($0 / 16, $0 / 4 % 4, $0 % 4) }) {
            let row = ((clip * 3 + channel) * frames + 2 * t + dt) * height + 4 * y + dy
            sum += pixels[row * width + 4 * x + dx]
          }
          values[(clip * 4 + channel) * f * h * w + place] = weight * sum / 32
          values[(clip * 4 + 3) * f * h * w + place] += weight * sum / 96
        }
      }
    }
    return Tensor(values, [batch, 4, f, h, w])
  }
}

extension MixedClips {
  var latents: String { folder.path + "/latents" }

  func writer(
    _ encoder: any LatentEncoder = BlockMeans(), precision: Precision? = nil,
    part: (number: Int, count: Int) = (1, 1), clipsOfShard: Int = 4, shape: ClipShape = Self.shape
  ) -> LatentWriter {
    LatentWriter(
      folder: latents, lists: [.init(.train, manifest)], shape: shape, encoder: encoder, precision: precision,
      limits: .standard, part: part,
      shardBytes: clipsOfShard * 4 * encoder.latentShape(of: shape).reduce(1, *))
  }

  /// Brings the latents up to date.
  @discardableResult
  func encoded(
    _ writer: LatentWriter, threads: Int = 2, clips: Int = .max
  ) throws -> (plan: LatentWriter.Plan, LatentWriter.Summary) {
    try FileManager.default.createDirectory(atPath: latents, withIntermediateDirectories: true)
    let plan = try writer.plan()
    var asked = 0
    let summary = try writer.run(
      plan, threads: threads,
      shouldStop: {
        asked += 1
        return asked > clips
      }, progress: { _ in })
    return (plan, summary)
  }

  func encodedClips(
    _ encoder: any LatentEncoder = BlockMeans(), shape: ClipShape = Self.shape,
    limits: DecodeLimits = .standard
  ) throws -> LatentClips {
    try LatentStore(latents).clips(of: manifest, .train, LatentKey(shape, encoder), limits: limits)
  }
}
