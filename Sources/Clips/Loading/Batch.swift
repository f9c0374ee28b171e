import Manifests
import Tensors

/// The examples of one step, or this process's share of them.
public struct Batch: Sendable {
  /// The step the batch is for.
  public let step: Int
  /// Clips of pixels, [B, 3, F, H, W], or of latents, [B, z, f, h, w]; a clip that could not be read is not among them, but its replacement is.
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

/// What worker threads make of a batch: entries and their numbers.
struct BatchSamples: Sendable {
  var entries: [ClipEntry] = []
  var contents: [ClipContent] = []

  /// Brings the numbers into a tensor, on the thread that asks: worker threads make no tensors, so that what the pool
  /// holds does not depend on how far ahead they are.
  func examples(shape: ClipShape) -> Examples {
    let sizes = contents.first?.shape(shape) ?? [3, shape.frames, shape.height, shape.width]
    let clips = Tensor([entries.count] + sizes)
    if !Plan.isRunning {
      let count = sizes.reduce(1, *)
      for (index, content) in contents.enumerated() { content.write(to: clips.pointer + index * count) }
    }
    return Examples(clips: clips, content: contents.first?.kind ?? .pixels, entries: entries)
  }
}

/// The numbers of one sample.
enum ClipContent: Sendable, Equatable {
  case pixels(ClipPixels)
  case latents(ClipLatents)

  var kind: Examples.Content {
    switch self {
    case .pixels: .pixels
    case .latents: .latents
    }
  }

  /// The sizes of the sample: channels, frames, rows and columns.
  /// - Parameter clip: the shape of the clip.
  func shape(_ clip: ClipShape) -> [Int] {
    switch self {
    case .pixels: [3, clip.frames, clip.height, clip.width]
    case .latents(let latents): latents.shape
    }
  }

  /// Writes the numbers as floats.
  func write(to floats: UnsafeMutablePointer<Float>) {
    switch self {
    case .pixels(let pixels): pixels.write(to: floats)
    case .latents(let latents):
      latents.values.withUnsafeBufferPointer { floats.update(from: $0.baseAddress!, count: $0.count) }
    }
  }
}
