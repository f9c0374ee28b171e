import Manifests
import Tensors

/// Clips and captions for one step.
public struct Batch: Sendable {
  /// The step the batch is for.
  public let step: Int
  /// Pixels from −1 to 1, [B, 3, F, H, W].
  public let clips: Tensor
  /// The clips as the manifest lists them; a clip that could not be read is not among them, but its replacement is.
  public let entries: [ClipEntry]
  /// How long the batch was waited for, in seconds.
  public let secondsWaited: Double

  /// The caption of each clip.
  public var captions: [String] { entries.map(\.caption) }
  /// The number of clips, B.
  public var count: Int { entries.count }

  /// Brings the pixels into a tensor, on the thread that asks: worker threads make no tensors, so that what the pool
  /// holds does not depend on how far ahead they are.
  init(_ samples: BatchSamples, step: Int, shape: ClipShape, secondsWaited: Double) {
    self.step = step
    self.secondsWaited = secondsWaited
    entries = samples.entries
    clips = Tensor([samples.entries.count, 3, shape.frames, shape.height, shape.width])
    if Plan.isRunning { return }
    for (index, pixels) in samples.pixels.enumerated() {
      pixels.write(to: clips.pointer + index * shape.count)
    }
  }
}

/// What worker threads make of a batch: entries and their pixels.
struct BatchSamples: Sendable {
  var entries: [ClipEntry] = []
  var pixels: [ClipPixels] = []
}
