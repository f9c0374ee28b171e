import Tensors

/// What the layers of an autoencoder remember of the frames so far, while a clip goes through them in parts.
///
/// Each causal layer keeps the last frames that it read, by the name of its weight; memory does not grow with the clip.
/// Parts give the bits of the whole clip.
public final class FrameStream {
  private var kept: [String: Tensor] = [:]

  /// The start of a clip.
  public init() {}

  /// What a layer kept; nil before its first part.
  func frames(of layer: Parameter) -> Tensor? { kept[layer.entry.name] }

  /// Remembers the last `count` frames of what a layer has read, this part included.
  func keep(_ count: Int, of part: Tensor, for layer: Parameter) {
    let name = layer.entry.name
    let seen = kept[name].map { part.shape[1] < count ? $0.followed(by: part) : part } ?? part
    kept[name] = seen.frames(max(0, seen.shape[1] - count)..<seen.shape[1])
  }
}

extension Convolution {
  /// The next part of a stream of frames, which this layer's window follows one by one.
  public func next(_ part: Tensor, in stream: FrameStream) -> Tensor {
    guard window.frames.before > 0 else { return forward(part, after: nil) }
    let output = forward(part, after: stream.frames(of: weight))
    stream.keep(window.frames.before, of: part, for: weight)
    return output
  }
}
