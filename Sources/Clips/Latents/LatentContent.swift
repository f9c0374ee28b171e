import Foundation
import Manifests
import Tensors
import Video

/// The latents of one sample.
struct ClipLatents: Sendable, Equatable {
  /// z, f, h and w.
  let shape: [Int]
  /// Row by row, channel by channel.
  let values: [Float]
}

/// A clip as its latents are about to be kept: what is known of it, its pixels, and then its latents.
struct LatentContent: Sendable {
  let name: PackedName
  private(set) var bytes = -1, modified = 0, sha256 = ""
  private(set) var faults: PackedFaults
  /// What is to be encoded; nil when nothing can be.
  private(set) var pixels: ClipPixels?
  /// The latents as they are stored.
  private(set) var values: [UInt8] = []

  /// Decodes a clip's first window. What is wrong with the clip itself becomes part of the content.
  /// - Throws: `MachineError`, so that what the machine is to blame for is not kept.
  init(of entry: ClipEntry, _ list: PackedList, _ shape: ClipShape, _ limits: DecodeLimits) throws {
    name = PackedName(list, entry)
    faults = PackedFaults(limits: limits.words)
    do {
      let clip = try FileSource(entry, limits, ClipTimings())
      let digest = try clip.digest()
      (bytes, modified, sha256) = (clip.byteCount ?? -1, clip.modified, digest)
      let window = try Window(
        of: entry, clip.facts(), shape: shape, start: .first, crop: .centre, seed: 0, sample: (0, 0))
      pixels = try clip.pixels(window, shape)
    } catch let clip as BadClip {
      faults.clip = PackedFault(clip)
    }
  }

  /// Turns the pixels into latents, which it keeps instead.
  /// - Throws: `LatentsError` when they are no numbers.
  mutating func encode(_ encoder: some LatentEncoder, _ key: LatentKey, _ precision: Precision) throws {
    guard let pixels else { return }
    let shape = key.transform.shape
    let clip = Tensor([1, 3, shape.frames, shape.height, shape.width])
    pixels.write(to: clip.pointer)
    let latents = encoder.latents(of: clip)
    precondition(latents.shape == [1] + key.shape, "an encoder makes latents of the shape that it says")
    let floats = latents.values
    guard floats.allSatisfy(\.isFinite) else {
      throw LatentsError.unfit(
        reason:
          "The latents of \(name.name) are not all finite: the autoencoder's weights are of no use; give another one."
      )
    }
    switch precision {
    case .float32: values = floats.withUnsafeBytes { [UInt8]($0) }
    case .bfloat16:
      let halves = latents.converted(to: .bfloat16).widened.values.map { UInt16($0.bitPattern >> 16) }
      values = halves.withUnsafeBytes { [UInt8]($0) }
    }
    self.pixels = nil
  }
}
