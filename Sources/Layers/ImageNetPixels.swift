import Tensors

/// The mean and the standard deviation of ImageNet's pixels in 0…1, red, green and blue: what encoders of pictures and video
/// have been trained on since.
private let mean: [Float] = [0.485, 0.456, 0.406]
private let standardDeviation: [Float] = [0.229, 0.224, 0.225]

/// The same of pixels from −1 to 1.
public enum ImageNetPixels {
  /// Red, green and blue.
  public static let means = mean.map { 2 * $0 - 1 }
  /// Red, green and blue.
  public static let deviations = standardDeviation.map { 2 * $0 }
}

/// Clips [B, 3, F, H, W] of pixels from −1 to 1, as such encoders are given them: ((x + 1)/2 − mean) / deviation for each
/// channel.
public func imageNetNormalized(_ clips: Tensor) -> Tensor {
  precondition(clips.shape.count == 5 && clips.shape[1] == 3, "clips are [B, 3, F, H, W], not \(clips.shape)")
  let normal = Tensor(clips.shape)
  let size = clips.count / (clips.shape[0] * 3 * clips.shape[2])
  parallel(over: clips.shape[0] * 3 * clips.shape[2], tile: max(1, 16_384 / size)) { planes in
    for plane in planes {
      let channel = plane / clips.shape[2] % 3
      let scale = Lanes(repeating: 0.5 / standardDeviation[channel])
      let shift = Lanes(repeating: (0.5 - mean[channel]) / standardDeviation[channel])
      let (x, y) = (clips.pointer + plane * size, normal.pointer + plane * size)
      sweep(size) { i, c in store(shift.addingProduct(load(x, i, c), scale), y, i, c) }
    }
  }
  return normal
}
