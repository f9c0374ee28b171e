import Clips
import Foundation
import Manifests
import Tensors
import TestClips
import Video

// Encodes the clips of a list by block means, in a process of its own that a test can kill.
//
//   latent-probe MANIFEST FOLDER MILLISECONDS
//
// Every clip is a shard, and takes so many milliseconds more. The shape of samples is that of the tests' mixed clips.

/// Block means that take their time.
struct SlowMeans: LatentEncoder {
  var means = BlockMeans()
  let milliseconds: UInt32

  var weightsHash: String { means.weightsHash }
  func latentShape(of clip: ClipShape) -> [Int] { means.latentShape(of: clip) }
  func latents(of clips: Tensor) -> Tensor {
    usleep(1000 * milliseconds)
    return means.latents(of: clips)
  }
}

let arguments = CommandLine.arguments
let writer = LatentWriter(
  folder: arguments[2], lists: [.init(.train, try Manifest.load(arguments[1]))],
  shape: ClipShape(frames: 6, height: 16, width: 16, frameRate: 6),
  encoder: SlowMeans(milliseconds: UInt32(arguments[3])!), precision: nil, limits: .standard, part: .whole,
  shardBytes: 1)
_ = try writer.run(try writer.plan(), threads: 2, shouldStop: { false }, progress: { _ in })
