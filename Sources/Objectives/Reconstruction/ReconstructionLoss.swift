import Tensors

/// How far reconstructed clips are from what they were made of, without a network that judges them.
///
///     e = output − target                                                 [B, F, H, W, C]
///     loss of a clip = absolute · mean |e|  +  squared · mean e²
///                    + pyramid · P(e)                                     (`HaarPyramid`)
///                    + spatialDifference · (mean |Δx e| + mean |Δy e|)
///                    + temporalDifference · mean |Δt e|
///
/// Δx, Δy and Δt are differences between neighbours in a row, in a column and in time: (Δt e)(f) = e(f + 1) − e(f), within
/// one channel. Each mean is over the numbers of one clip that there are of its kind, so a term weighs the same at all sizes;
/// where there are none (one frame has no Δt) the term is 0. All terms are of e, since each of these transforms of output and
/// target differ by that of e. The gradient of |x| at 0 is 0. A weight of 0 costs nothing.
///
/// A mean of |e| alone leaves pictures soft. Differences and the pyramid ask for edges and texture; near to them is the loss
/// of gradients in M. Mathieu et al., "Deep multi-scale video prediction beyond mean square error", 2016.
public struct ReconstructionLoss: Sendable, Equatable {
  /// The weight of mean |e|.
  public let absolute: Double
  /// The weight of mean e²: its gradient fades where the reconstruction is good.
  public let squared: Double
  /// The weight of the pyramid.
  public let pyramid: Double
  /// How the pyramid is made.
  public let bands: HaarPyramid
  /// The weight of differences between neighbours in rows and columns.
  public let spatialDifference: Double
  /// The weight of differences between neighbouring frames.
  public let temporalDifference: Double

  /// A loss of these weights, none of which is negative.
  public init(
    absolute: Double = 1, squared: Double = 0, pyramid: Double = 0, bands: HaarPyramid = HaarPyramid(),
    spatialDifference: Double = 0, temporalDifference: Double = 0
  ) {
    precondition(
      [absolute, squared, pyramid, spatialDifference, temporalDifference].allSatisfy { $0 >= 0 },
      "weights of a loss are not negative")
    self.absolute = absolute
    self.squared = squared
    self.pyramid = pyramid
    self.bands = bands
    self.spatialDifference = spatialDifference
    self.temporalDifference = temporalDifference
  }

  /// Each clip's loss, and `share` times the gradient of their mean.
  ///
  /// - Parameters: output, target [B, F, H, W, C].
  /// - Returns: losses, all 0 during a `Plan`; gradient [B, F, H, W, C].
  public func callAsFunction(
    output: Tensor, target: Tensor, share: Double
  ) -> (losses: [Double], gradient: Tensor) {
    precondition(output.shape.count == 5, "clips are [B, F, H, W, C], not \(output.shape)")
    precondition(output.shape == target.shape, "output \(output.shape) and target \(target.shape) differ")
    let size = FrameSize(
      height: output.shape[2], width: output.shape[3], channels: output.shape[4])
    let (clips, frames) = (output.shape[0], output.shape[1])
    let error = output.copied()
    error.add(target, scale: -1)
    let gradient = Tensor(output.shape)
    // Of each frame its part of the clip's loss.
    let parts = Tensor([clips * frames])
    let factor = share / Double(clips)
    let pyramidFloats = pyramid > 0 ? bands.scratchFloats(size) : 0
    parallel(
      over: clips * frames, tile: rowsPerTile(columns: size.count), scratch: pyramidFloats
    ) { range, scratch in
      for frame in range {
        let (e, g) = (error.pointer + frame * size.count, gradient.pointer + frame * size.count)
        var loss = values(e, g, size, frames: frames, factor: factor)
        if spatialDifference > 0 {
          loss += spatialDifferences(e, g, size, frames: frames, factor: factor)
        }
        if temporalDifference > 0 && frames > 1 {
          loss += temporalDifferences(e, g, size, frame: frame % frames, of: frames, factor: factor)
        }
        if pyramid > 0 {
          let weight = pyramid / Double(frames)
          loss += weight * bands.addGradient(of: e, to: g, size, factor: factor * weight, scratch: scratch)
        }
        parts.pointer[frame] = Float(loss)
      }
    }
    guard !Plan.isRunning else { return (Array(repeating: 0, count: clips), gradient) }
    let losses = (0..<clips).map { clip in
      (0..<frames).reduce(0.0) { $0 + Double(parts.pointer[clip * frames + $1]) }
    }
    return (losses, gradient)
  }

  /// The terms of single numbers; sets the gradient.
  private func values(
    _ e: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ size: FrameSize, frames: Int,
    factor: Double
  ) -> Double {
    let count = Double(frames * size.count)
    let sign = Float(factor * absolute / count)
    let slope = Lanes(repeating: Float(2 * factor * squared / count))
    var (sizes, squares) = (0.0, 0.0)
    for y in 0..<size.height {
      let (x, g) = (e + y * size.line, gradient + y * size.line)
      var (size1, size2) = (Lanes(repeating: 0), Lanes(repeating: 0))
      sweep(size.line) { i, c in
        let value = load(x, i, c)
        size1 += magnitude(value)
        size2.addProduct(value, value)
        store(signs(value, times: sign).addingProduct(slope, value), g, i, c)
      }
      sizes += Double(size1.total)
      squares += Double(size2.total)
    }
    return (absolute > 0 ? absolute * sizes / count : 0) + (squared > 0 ? squared * squares / count : 0)
  }
}
