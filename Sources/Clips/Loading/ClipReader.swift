import Manifests
import Video

/// Reads clips of a manifest in its own order, always from their start and in the middle: for validation and tests,
/// where every look must be the same look.
public struct ClipReader: Sendable {
  /// The readable clips, in the order of the manifest.
  public let entries: [ClipEntry]
  /// The clips that could not be read.
  public let unreadable: [BadClip]
  /// The shape of each clip.
  public let shape: ClipShape
  private let contents: [ClipContent]

  /// Reads the first `limit` readable clips of a manifest (all of them by default) and keeps them as bytes.
  /// - Parameter spread: whether the clips are taken from all over the list, in place of the first: lists are often sorted
  ///   by class. Those that cannot be read are not replaced.
  /// - Throws: `PackError` or `LatentsError` when they come from a pack or from latents that cannot be read.
  public init(
    _ manifest: Manifest, shape: ClipShape, limit: Int = .max, spread: Bool = false,
    source: ClipSource = .files(.standard)
  ) throws {
    let reader = WindowReader(
      start: .first, crop: .centre, seed: 0, source: source, index: nil, cacheMegabytes: 0)
    var (samples, unreadable) = (BatchSamples(), [BadClip]())
    for place in spread ? manifest.places(spread: limit) : Array(manifest.indices)
    where samples.entries.count < limit {
      let entry = manifest[place]
      do {
        samples.contents.append(try reader.content(of: entry, shape: shape, sample: (0, 0)))
        samples.entries.append(entry)
      } catch let clip as BadClip {
        unreadable.append(clip)
      }
    }
    entries = samples.entries
    contents = samples.contents
    self.unreadable = unreadable
    self.shape = shape
  }

  /// The number of readable clips.
  public var count: Int { entries.count }

  /// Some of the clips.
  /// - Parameter range: places in `entries`.
  public func examples(_ range: Range<Int>) -> Examples {
    BatchSamples(entries: Array(entries[range]), contents: Array(contents[range])).examples(shape: shape)
  }
}
