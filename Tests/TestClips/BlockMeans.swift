import Clips
import Foundation
import Tensors

/// A made-up autoencoder: means of blocks of 2 × 4 × 4 pixels, times a weight, in four channels of which the last is the
/// mean of the others.
package struct BlockMeans: LatentEncoder {
  /// What the means are multiplied by.
  package let weight: Float

  /// An autoencoder of a weight.
  package init(weight: Float = 0.7) { self.weight = weight }

  /// The weight, as long as a digest.
  package var weightsHash: String { "\(weight)".padding(toLength: 64, withPad: "0", startingAt: 0) }

  /// Half the frames, and a quarter of the rows and columns.
  package func latentShape(of clip: ClipShape) -> [Int] {
    [4, clip.frames / 2, clip.height / 4, clip.width / 4]
  }

  /// The means.
  package func latents(of clips: Tensor) -> Tensor {
    let (batch, frames, height, width) = (clips.shape[0], clips.shape[2], clips.shape[3], clips.shape[4])
    let (f, h, w) = (frames / 2, height / 4, width / 4)
    let pixels = clips.values
    var values = [Float](repeating: 0, count: batch * 4 * f * h * w)
    for clip in 0..<batch {
      for place in 0..<f * h * w {
        let (t, y, x) = (place / (h * w), place / w % h, place % w)
        for channel in 0..<3 {
          var sum: Float = 0
          for (dt, dy, dx) in (0..<32).map({ ($0 / 16, $0 / 4 % 4, $0 % 4) }) {
            let row = ((clip * 3 + channel) * frames + 2 * t + dt) * height + 4 * y + dy
            sum += pixels[row * width + 4 * x + dx]
          }
          values[(clip * 4 + channel) * f * h * w + place] = weight * sum / 32
          values[(clip * 4 + 3) * f * h * w + place] += weight * sum / 96
        }
      }
    }
    return Tensor(values, [batch, 4, f, h, w])
  }
}
