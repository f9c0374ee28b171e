import Foundation
import Manifests
import Tensors
import TestClips
import Testing
import Video

@testable import Clips

struct StaleLatentsTests {
  @Test func otherWeightsAndSamplesAreRefused() throws {
    let clips = try MixedClips()
    try clips.encoded(clips.writer())
    let weights = message { _ = try clips.encodedClips(BlockMeans(weight: 0.6)) }
    #expect(
      weights.contains("the autoencoder's weights were 0.7000000000… and are now 0.6000000000…"), "\(weights)"
    )
    #expect(weights.contains("Run vfm-data encode with this recipe again") && weights.contains(clips.latents))
    let shape = ClipShape(frames: 8, height: 16, width: 32, frameRate: 12)
    let samples = message { _ = try clips.encodedClips(shape: shape) }
    for difference in [
      "data.frames was 6 and is now 8", "data.width was 16 and is now 32",
      "data.frameRate was 6.0 and is now 12.0",
      "the latents of a clip had 4×3×4×4 numbers and now have 4×4×4×8",
    ] {
      #expect(samples.contains(difference), "\(samples)")
    }
    // Encoding again replaces them.
    let (plan, summary) = try clips.encoded(clips.writer(BlockMeans(weight: 0.6)))
    #expect(plan.kept == 0 && plan.replaced > 1 && summary.clips == 11)
    _ = try clips.encodedClips(BlockMeans(weight: 0.6))
    #expect(message { _ = try clips.encodedClips() }.contains("weights were 0.6"))
  }

  @Test func changedClipsAreNamedAndOnlyTheirShardsMadeAnew() throws {
    let clips = try MixedClips()
    try clips.encoded(clips.writer(clipsOfShard: 2), threads: 1)
    // A touched file is the same file; one of other bytes is not, whatever its size.
    utimensat(AT_FDCWD, clips.folder.path + "/even.mp4", nil, 0)
    _ = try clips.encodedClips()
    try clips.spoil("exact.mp4", keepingTime: false)
    let text = message { _ = try clips.encodedClips() }
    #expect(text.contains("exact.mp4 has other bytes (SHA-256 was"), "\(text)")
    let (plan, summary) = try clips.encoded(clips.writer(clipsOfShard: 2))
    #expect(plan.remaining > 0 && plan.remaining < 5 && plan.replaced == 1, "\(plan)")
    #expect(summary.clips == 11 && summary.unusable == 4)
    _ = try clips.encodedClips()
    let limits = message { _ = try clips.encodedClips(limits: DecodeLimits(moreCodecs: ["dnxhd"])) }
    #expect(limits.contains("broken.mp4 could not be read under other limits"), "\(limits)")
    #expect(
      message { _ = try LatentStore(clips.folder.path + "/none") }
        == "There are no latents in \(clips.folder.path)/none (data.latents); run vfm-data encode with this recipe, or "
        + "leave the key out.")
  }

  @Test func aDamagedShardIsNoticedAndMadeAnew() throws {
    let clips = try MixedClips()
    try clips.encoded(clips.writer(clipsOfShard: 20))
    let shard = clips.latents + "/latents-00000.h5"
    let whole = try Data(contentsOf: URL(fileURLWithPath: shard))

    // One bit among the numbers, which lie at the end.
    var flipped = whole
    flipped[whole.count - 1] ^= 4
    try flipped.write(to: URL(fileURLWithPath: shard))
    let kept = try clips.encodedClips()
    let numbers = message {
      for entry in clips.manifest
      where !["broken.mp4", "tooshort.mp4"].contains(entry.name) && entry.start != 9 {
        _ = try kept.read(entry, nil)
      }
    }
    #expect(
      numbers.contains("are not what was written; remove this file and run vfm-data encode again"),
      "\(numbers)")

    for spoilt in [whole.prefix(whole.count - 2000), whole.prefix(100), Data()] {
      try spoilt.write(to: URL(fileURLWithPath: shard))
      let text = message { _ = try clips.encodedClips() }
      #expect(text.contains(shard), "\(text)")
    }
    let (plan, summary) = try clips.encoded(clips.writer())
    #expect(plan.kept == 0 && summary.clips == 11)
    _ = try clips.encodedClips()
  }

  @Test func numbersThatAreNoneAreRefused() throws {
    let clips = try MixedClips()
    let text = message { try clips.encoded(clips.writer(BlockMeans(weight: .nan))) }
    #expect(text.contains("are not all finite: the autoencoder's weights are of no use"), "\(text)")
  }
}
