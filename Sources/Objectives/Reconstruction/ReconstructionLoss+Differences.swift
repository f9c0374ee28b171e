import Tensors

extension ReconstructionLoss {
  /// The term of neighbours in one frame's rows and columns; adds its gradient.
  func spatialDifferences(
    _ e: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ size: FrameSize, frames: Int,
    factor: Double
  ) -> Double {
    let (w, c) = (size.width, size.channels)
    let across = spatialDifference / Double(max(1, frames * size.height * (w - 1) * c))
    let down = spatialDifference / Double(max(1, frames * (size.height - 1) * size.line))
    let (acrossFactor, downFactor) = (Float(factor * across), Float(factor * down))
    var loss = 0.0
    for y in 0..<size.height {
      let (x, g) = (e + y * size.line, gradient + y * size.line)
      // The first pixel has no neighbour before it, the last none behind it.
      if w > 1 {
        var sum = addDifferences(x, before: x, after: x + c, c, to: g, times: acrossFactor)
        sum += addDifferences(
          x + c, before: x, after: x + 2 * c, (w - 2) * c, to: g + c, times: acrossFactor)
        let last = (w - 1) * c
        sum += addDifferences(
          x + last, before: x + last - c, after: x + last, c, to: g + last, times: acrossFactor)
        loss += across * sum
      }
      if size.height > 1 {
        loss +=
          down
          * addDifferences(
            x, before: y > 0 ? x - size.line : x, after: y < size.height - 1 ? x + size.line : x, size.line,
            to: g, times: downFactor)
      }
    }
    return loss
  }

  /// The term of one frame and the next; adds the gradient of both its sides in time.
  func temporalDifferences(
    _ e: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, _ size: FrameSize, frame: Int,
    of frames: Int, factor: Double
  ) -> Double {
    let weight = temporalDifference / Double((frames - 1) * size.count)
    var sum = 0.0
    for y in 0..<size.height {
      let x = e + y * size.line
      sum += addDifferences(
        x, before: frame > 0 ? x - size.count : x, after: frame < frames - 1 ? x + size.count : x, size.line,
        to: gradient + y * size.line, times: Float(factor * weight))
    }
    return weight * sum
  }
}
