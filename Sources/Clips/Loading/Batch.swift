import Manifests
import Tensors

/// The examples of one step.
public struct Batch: Sendable {
  /// The step the batch is for.
  public let step: Int
  /// Clips of pixels, [B, 3, F, H, W]; a clip that could not be read is not among them, but its replacement is.
  public let examples: Examples
  /// The shape of each clip.
  public let shape: ClipShape
  /// How long the batch was waited for, in seconds.
  public let secondsWaited: Double

  init(_ samples: BatchSamples, step: Int, shape: ClipShape, secondsWaited: Double) {
    self.step = step
    self.shape = shape
    self.secondsWaited = secondsWaited
    examples = samples.examples(shape: shape)
  }
}

/// What worker threads make of a batch: entries and their pixels.
struct BatchSamples: Sendable {
  var entries: [ClipEntry] = []
  var pixels: [ClipPixels] = []

  /// Brings the pixels into a tensor, on the thread that asks: worker threads make no tensors, so that what the pool
  /// holds does not depend on how far ahead they are.
  func examples(shape: ClipShape) -> Examples {
    let clips = Tensor([entries.count, 3, shape.frames, shape.height, shape.width])
    if !Plan.isRunning {
      for (index, pixels) in pixels.enumerated() { pixels.write(to: clips.pointer + index * shape.count) }
    }
    return Examples(clips: clips, entries: entries)
  }
}
