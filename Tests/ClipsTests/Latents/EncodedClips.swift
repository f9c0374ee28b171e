import Foundation
import Manifests
import Tensors
import TestClips
import Video

@testable import Clips

extension MixedClips {
  var latents: String { folder.path + "/latents" }

  func writer(
    _ encoder: any LatentEncoder = BlockMeans(), precision: Precision? = nil,
    part: FolderPart = .whole, clipsOfShard: Int = 4, shape: ClipShape = Self.shape
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
