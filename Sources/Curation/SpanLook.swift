import ClipIndexing
import Manifests
import Video

/// What a span looks like at a few places, to be compared with another pixel by pixel where hashes are near.
///
/// A hash of 64 bits takes clips of one camera or one studio for the same, whatever happens in them.
struct SpanLook: Sendable {
  /// Frames, evenly spread over the span, and their size in pixels.
  private static let frames = 5, side = 32
  /// The side of the blocks whose colours are compared.
  private static let block = 4

  private let samples: [Float]

  /// Decodes the frames; nil when the clip does not give them.
  /// - Throws: `MachineError`.
  init?(_ span: CuratedSpan, limits: DecodeLimits) throws {
    let step = span.seconds / Double(SpanLook.frames)
    let times = (0..<SpanLook.frames).map { span.span.start + (Double($0) + 0.5) * step }
    do {
      let pictures = try readingPatiently { () throws(VideoError) in
        try openVideo(ClipBytes(span.entry.file, limits: limits), limits: limits)
          .pictures(at: times, framing: Framing(width: SpanLook.side, height: SpanLook.side))
      }
      samples = pictures.flatMap { $0.pixels.map(Float.init) }
    } catch is VideoError {
      return nil
    }
  }

  /// The largest mean difference of a block's samples at any place, 0 to 1, once the other's brightness and contrast are
  /// brought to this one's.
  func difference(from other: SpanLook) -> Double {
    let (gain, offset) = fit(other)
    let (side, block, row) = (SpanLook.side, SpanLook.block, 3 * SpanLook.side)
    var largest: Float = 0
    for frame in 0..<SpanLook.frames {
      for top in stride(from: 0, to: side, by: block) {
        for left in stride(from: 0, to: side, by: block) {
          for channel in 0..<3 {
            var sum: Float = 0
            for y in top..<top + block {
              for x in left..<left + block {
                let i = (frame * side + y) * row + 3 * x + channel
                sum += abs(samples[i] - gain * other.samples[i] - offset)
              }
            }
            largest = max(largest, sum)
          }
        }
      }
    }
    return Double(largest) / Double(255 * block * block)
  }

  /// The least squares fit of this one's samples by the other's.
  private func fit(_ other: SpanLook) -> (gain: Float, offset: Float) {
    let count = Float(samples.count)
    let (mean, otherMean) = (samples.reduce(0, +) / count, other.samples.reduce(0, +) / count)
    var (product, square): (Float, Float) = (0, 0)
    for (a, b) in zip(samples, other.samples) {
      product += (a - mean) * (b - otherMean)
      square += (b - otherMean) * (b - otherMean)
    }
    let gain = square > 0 ? product / square : 0
    return (gain, mean - gain * otherMean)
  }
}
