import Foundation
import Tensors
import Video

/// A box that is drawn for each sample and scaled to the sample's size: as torchvision's `RandomResizedCrop`, which draws
/// ten boxes and takes the first that lies within the picture.
public struct ResizedCrop: Sendable, Hashable {
  /// The share of the picture that the box covers, every share as likely.
  public let scale: ClosedRange<Double>
  /// The box's width over its height in pixels as shown, every logarithm as likely.
  public let ratio: ClosedRange<Double>

  /// A law of boxes.
  public init(scale: ClosedRange<Double>, ratio: ClosedRange<Double>) {
    precondition(
      scale.lowerBound > 0 && scale.upperBound <= 1, "a share of the picture is above 0, at most 1")
    precondition(ratio.lowerBound > 0, "proportions are above 0")
    (self.scale, self.ratio) = (scale, ratio)
  }

  private static let attempts = 10

  /// The box in a picture of a size.
  func region(width: Int, height: Int, _ stream: inout RandomStream) -> FrameRegion {
    let logs = log(ratio.lowerBound)...log(ratio.upperBound)
    for _ in 0..<Self.attempts {
      let area = Double(width) * Double(height) * stream.uniform(in: scale)
      let ratio = exp(stream.uniform(in: logs))
      let (w, h) = (Int((area * ratio).squareRoot().rounded()), Int((area / ratio).squareRoot().rounded()))
      guard w > 0, h > 0, w <= width, h <= height else { continue }
      let (top, left) = (stream.below(height - h + 1), stream.below(width - w + 1))
      return Self.region(x: left, y: top, w, h, of: (width, height))
    }
    return middle(width: width, height: height)
  }

  /// The largest box in the middle whose proportions are allowed.
  private func middle(width: Int, height: Int) -> FrameRegion {
    var (w, h) = (width, height)
    let own = Double(width) / Double(height)
    if own < ratio.lowerBound {
      h = max(1, min(height, Int((Double(width) / ratio.lowerBound).rounded())))
    } else if own > ratio.upperBound {
      w = max(1, min(width, Int((Double(height) * ratio.upperBound).rounded())))
    }
    return Self.region(x: (width - w) / 2, y: (height - h) / 2, w, h, of: (width, height))
  }

  private static func region(
    x: Int, y: Int, _ w: Int, _ h: Int, of picture: (width: Int, height: Int)
  ) -> FrameRegion {
    let (width, height) = (Double(picture.width), Double(picture.height))
    return FrameRegion(
      x: Double(x) / width, y: Double(y) / height, width: Double(w) / width, height: Double(h) / height)
  }
}

extension RandomStream {
  /// The next number between two, which may be the same.
  fileprivate mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }
}
