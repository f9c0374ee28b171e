import Foundation
import Tensors

/// Puts noise, or the mean colour, in place of a box of a training clip, the same box in all its frames.
///
/// Zhong et al., "Random erasing data augmentation", 2017, with the constants of timm: the box covers 2 to 33 % of the
/// picture, and its height is 0.3 to 3.3 times its width; of ten boxes the first that fits is taken.
public struct RandomErasing: Sendable, Equatable {
  /// What stands in the box afterwards.
  public enum Filling: String, Sendable, CaseIterable {
    /// Normally distributed numbers, other ones in each pixel.
    case noise
    /// The mean colour.
    case mean
  }

  /// How likely a part of a clip is erased, 0 to 1.
  public let probability: Double
  /// What stands there afterwards.
  public let filling: Filling
  /// Mean and standard deviation of each channel's pixels, −1 to 1, [C]: noise has both.
  public let means: [Float], deviations: [Float]

  /// Erasing with a given likelihood.
  public init(probability: Double, filling: Filling, means: [Float], deviations: [Float]) {
    precondition(means.count == deviations.count, "a mean and a deviation for each channel")
    self.probability = probability
    self.filling = filling
    self.means = means
    self.deviations = deviations
  }

  private static let areas = 0.02..<1.0 / 3, ratios = 0.3..<1 / 0.3, attempts = 10

  /// Erases in place what is drawn for the clips [B, C, F, H, W] of a pass.
  func erase(_ clips: Tensor, at position: Position) {
    precondition(clips.shape[1] == means.count, "\(means.count) means for \(clips.shape[1]) channels")
    let (channels, frames, height, width) = (
      clips.shape[1], clips.shape[2], clips.shape[3], clips.shape[4]
    )
    parallel(over: clips.shape[0], tile: 1) { range in
      for clip in range {
        var stream = RandomStream(
          seed: position.seed, purpose: .erasing, step: position.step, sample: position.firstSample + clip)
        guard stream.uniform() < probability,
          let box = Self.box(height: height, width: width, &stream)
        else { continue }
        for plane in 0..<channels * frames {
          let start = clips.pointer + (clip * channels * frames + plane) * height * width + box.left
          for row in box.top..<box.bottom {
            fill(start + row * width, box.width, channel: plane / frames, &stream)
          }
        }
      }
    }
  }

  private func fill(
    _ pixels: UnsafeMutablePointer<Float>, _ count: Int, channel: Int, _ stream: inout RandomStream
  ) {
    switch filling {
    case .mean: pixels.update(repeating: means[channel], count: count)
    case .noise:
      stream.fillGaussian(pixels, count)
      for i in 0..<count { pixels[i] = means[channel] + deviations[channel] * pixels[i] }
    }
  }

  /// The box to erase; nil when none of the drawn ones fits.
  static func box(height: Int, width: Int, _ stream: inout RandomStream) -> ClipBox? {
    for _ in 0..<attempts {
      let area = Double(height * width) * stream.uniform(in: areas)
      let ratio = exp(stream.uniform(in: log(ratios.lowerBound)..<log(ratios.upperBound)))
      let (h, w) = (
        Int((area * ratio).squareRoot().rounded()), Int((area / ratio).squareRoot().rounded())
      )
      guard h > 0, w > 0, h < height, w < width else { continue }
      let (top, left) = (stream.below(height - h + 1), stream.below(width - w + 1))
      return ClipBox(rows: top..<top + h, columns: left..<left + w)
    }
    return nil
  }
}
