import Tensors

/// What latents of clips are, whether there is anything that makes them or not.
public protocol LatentCode {
  /// The SHA-256 of all that latents depend on beside the clip: the autoencoder's weights, and the statistics that its
  /// latents are brought to a common scale by.
  var weightsHash: String { get }
  /// z, f, h and w of the latents of a clip.
  func latentShape(of clip: ClipShape) -> [Int]
}

/// Makes latents of clips: an autoencoder's way in, of which no more is known here.
public protocol LatentEncoder: LatentCode {
  /// The latents of clips, each as if it were alone, to the bit.
  /// - Parameter clips: pixels from −1 to 1, [B, 3, F, H, W].
  /// - Returns: [B, z, f, h, w]
  func latents(of clips: Tensor) -> Tensor
}

/// What latents were made of, and by which autoencoder: those of another key are of no use.
public struct LatentKey: Sendable, Equatable {
  /// Which frames of a clip, and how they became pictures.
  public let transform: PackTransform
  /// The SHA-256 of the autoencoder.
  public let weightsHash: String
  /// z, f, h and w of a clip's latents.
  public let shape: [Int]

  /// The key of the latents of the first frames of clips, and the middle of them.
  public init(_ clip: ClipShape, _ code: some LatentCode) {
    self.init(
      PackTransform(clip, start: .first, crop: .centre), weightsHash: code.weightsHash,
      shape: code.latentShape(of: clip))
  }

  init(_ transform: PackTransform, weightsHash: String, shape: [Int]) {
    precondition(shape.count == 4 && shape.allSatisfy { $0 > 0 }, "latents have z, f, h and w")
    (self.transform, self.weightsHash, self.shape) = (transform, weightsHash, shape)
  }

  /// The numbers of a clip's latents, z·f·h·w.
  public var count: Int { shape.reduce(1, *) }

  /// Why latents of this key do not serve where `wanted` is asked for, in words; nil if they do.
  func obstacle(to wanted: LatentKey) -> String? {
    var differences = [transform.obstacle(to: wanted.transform)].compactMap(\.self)
    if weightsHash != wanted.weightsHash {
      differences.append(
        "the autoencoder's weights were \(weightsHash.prefix(12))… and are now \(wanted.weightsHash.prefix(12))…"
      )
    }
    if shape != wanted.shape {
      differences.append(
        "the latents of a clip had \(words(shape)) numbers and now have \(words(wanted.shape))")
    }
    return differences.isEmpty ? nil : differences.joined(separator: ", ")
  }

  private func words(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
}
