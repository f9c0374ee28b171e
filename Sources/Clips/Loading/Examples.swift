import Manifests
import Tensors
import Video

/// What a model learns from, or is measured on, in one pass: clips and what the manifest says of them.
///
/// Captions, labels and attributes follow from the entries.
public struct Examples: Sendable {
  /// What the numbers of the clips are.
  public enum Content: Sendable {
    /// Colours, [B, 3, F, H, W], from −1 to 1.
    case pixels
    /// What an autoencoder made of them, [B, z, f, h, w].
    case latents
  }

  /// [B, 3, F, H, W] or [B, z, f, h, w], by `content`.
  public let clips: Tensor
  /// What the numbers of the clips are.
  public let content: Content
  /// The clips as the manifest lists them, [B].
  public let entries: [ClipEntry]

  /// Clips with their entries.
  public init(clips: Tensor, content: Content = .pixels, entries: [ClipEntry]) {
    precondition(clips.shape[0] == entries.count, "one entry for each clip")
    self.clips = clips
    self.content = content
    self.entries = entries
  }

  /// Clips that are in no manifest, with their captions; they are named by their place.
  public init(clips: Tensor, content: Content = .pixels, captions: [String]) {
    self.init(
      clips: clips, content: content,
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
      clips: clips.view(at: index * (clips.count / count), [size] + clips.shape[1...]), content: content,
      entries: Array(entries[index * size..<(index + 1) * size]))
  }

  /// Made-up clips, normally distributed and the same each time, which take the captions in turn: for plans and trials.
  public static func madeUp(
    _ count: Int, channels: Int = 3, shape: ClipShape, captions: [String] = [""]
  ) -> Examples {
    madeUp([count, channels, shape.frames, shape.height, shape.width], .pixels, captions)
  }

  /// Made-up latents, in the same way.
  /// - Parameter shape: z, f, h and w of a clip.
  public static func madeUp(_ count: Int, latents shape: [Int], captions: [String] = [""]) -> Examples {
    madeUp([count] + shape, .latents, captions)
  }

  private static func madeUp(_ shape: [Int], _ content: Content, _ captions: [String]) -> Examples {
    let clips = Tensor(shape)
    clips.fillGaussian(seed: 0, purpose: .check, step: 0)
    return Examples(
      clips: clips, content: content, captions: (0..<shape[0]).map { captions[$0 % captions.count] })
  }
}
