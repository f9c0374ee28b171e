import Manifests
import Tensors
import Video

/// What a model learns from, or is measured on, in one pass: clips and what the manifest says of them.
///
/// Captions, labels and attributes follow from the entries.
public struct Examples: Sendable {
  /// [B, C, F, H, W]; pixels are from −1 to 1.
  public let clips: Tensor
  /// The clips as the manifest lists them, [B].
  public let entries: [ClipEntry]

  /// Clips with their entries.
  public init(clips: Tensor, entries: [ClipEntry]) {
    precondition(clips.shape[0] == entries.count, "one entry for each clip")
    self.clips = clips
    self.entries = entries
  }

  /// Clips that are in no manifest, with their captions; they are named by their place.
  public init(clips: Tensor, captions: [String]) {
    self.init(
      clips: clips,
      entries: captions.enumerated().map { index, caption in
        ClipEntry(index: index, file: ClipFile(path: ""), name: "clip \(index)", caption: caption)
      })
  }

  /// The number of clips, B.
  public var count: Int { entries.count }
  /// The caption of each clip.
  public var captions: [String] { entries.map(\.caption) }
  /// What the manifest calls each clip.
  public var names: [String] { entries.map(\.name) }

  /// One of `count` equal parts; it shares the clips' memory.
  public func part(_ index: Int, of count: Int) -> Examples {
    precondition(entries.count % count == 0, "\(entries.count) clips do not make \(count) equal parts")
    let size = entries.count / count
    return Examples(
      clips: clips.view(at: index * (clips.count / count), [size] + clips.shape[1...]),
      entries: Array(entries[index * size..<(index + 1) * size]))
  }

  /// Made-up clips, normally distributed and the same each time, which take the captions in turn: for plans and trials.
  public static func madeUp(
    _ count: Int, channels: Int = 3, shape: ClipShape, captions: [String] = [""]
  ) -> Examples {
    let clips = Tensor([count, channels, shape.frames, shape.height, shape.width])
    clips.fillGaussian(seed: 0, purpose: .check, step: 0)
    return Examples(clips: clips, captions: (0..<count).map { captions[$0 % captions.count] })
  }
}
