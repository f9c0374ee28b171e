import Tensors

/// What the figures of reconstructions are made of: for each plane (one channel of one frame) its squared error, how its error
/// changes to the next frame, and its structural similarity. Reconstructed values beyond −1…1 count as the nearest end, as they
/// are shown.
struct PlaneComparison {
  /// Sums of a plane: e², |e(f + 1) − e(f)|, and SSIM.
  private static let squares = 0, changes = 1, similarity = 2
  private let sums: Tensor
  private let channels: Int, frames: Int, plane: Int

  /// Compares clips [B, C, F, H, W].
  init(_ reconstruction: Tensor, to original: Tensor) {
    precondition(
      reconstruction.shape == original.shape && original.shape.count == 5,
      "reconstructions \(reconstruction.shape) of clips \(original.shape)")
    let (height, width) = (original.shape[3], original.shape[4])
    (channels, frames, plane) = (original.shape[1], original.shape[2], height * width)
    let planes = original.shape[0] * channels * frames
    let shown = Self.clamped(reconstruction)
    let sums = Tensor([planes, 3])
    let ssim = StructuralSimilarity(height: height, width: width)
    let (frames, plane) = (frames, plane)
    parallel(over: planes, tile: 1, scratch: ssim.scratchFloats) { range, scratch in
      for index in range {
        let (x, y) = (original.pointer + index * plane, shown.pointer + index * plane)
        let sum = sums.row(index)
        sum[Self.squares] = Self.squaredError(x, y, plane)
        sum[Self.changes] =
          index % frames < frames - 1 ? Self.change(x, y, next: plane, plane) : 0
        sum[Self.similarity] = Float(ssim.mean(x, y, scratch: scratch))
      }
    }
    self.sums = sums
  }

  /// The mean of e² over some frames of a clip.
  func meanSquaredError(clip: Int, _ frames: Range<Int>) -> Double {
    total(Self.squares, clip, frames) / Double(channels * frames.count * plane)
  }

  /// The mean of |e(f + 1) − e(f)| over a clip of several frames.
  func meanChange(clip: Int) -> Double {
    total(Self.changes, clip, 0..<frames - 1) / Double(channels * (frames - 1) * plane)
  }

  /// The mean of SSIM over a clip's planes.
  func meanSimilarity(clip: Int) -> Double {
    total(Self.similarity, clip, 0..<frames) / Double(channels * frames)
  }

  private func total(_ kind: Int, _ clip: Int, _ frames: Range<Int>) -> Double {
    var total = 0.0
    for channel in 0..<channels {
      for frame in frames {
        total += Double(sums.row((clip * channels + channel) * self.frames + frame)[kind])
      }
    }
    return total
  }

  private static func clamped(_ clips: Tensor) -> Tensor {
    let shown = Tensor(clips.shape)
    parallel(over: clips.count, tile: 16_384) { range in
      let (x, y) = (clips.pointer + range.lowerBound, shown.pointer + range.lowerBound)
      sweep(range.count) { i, c in
        var v = load(x, i, c)
        v.replace(with: Lanes(repeating: 1), where: v .> 1)
        v.replace(with: Lanes(repeating: -1), where: v .< -1)
        store(v, y, i, c)
      }
    }
    return shown
  }

  private static func squaredError(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ n: Int) -> Float {
    var total = Lanes(repeating: 0)
    sweep(n) { i, c in
      let e = load(y, i, c) - load(x, i, c)
      total.addProduct(e, e)
    }
    return total.total
  }

  /// Σ |e′ − e|, where e′ is the error `next` floats on.
  private static func change(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, next: Int, _ n: Int
  ) -> Float {
    var total = Lanes(repeating: 0)
    sweep(n) { i, c in
      let now = load(y, i, c) - load(x, i, c)
      let change = (load(y + next, i, c) - load(x + next, i, c)) - now
      total += change.replacing(with: -change, where: change .< 0)
    }
    return total.total
  }
}
