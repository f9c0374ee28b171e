/// How bright a frame is, place by place: a small square picture of the whole frame, for measuring.
///
/// A frame of any shape is squeezed into the square, uncropped and turned as it is displayed. Samples are of full
/// range: 0 is black, 255 white.
public struct LumaPicture: Sendable, Hashable {
  /// Samples in a row, and rows.
  public let side: Int
  /// The samples, row by row from the top, `[side, side]`.
  public let samples: [UInt8]

  /// A picture of the given samples.
  public init(side: Int, samples: [UInt8]) {
    precondition(
      side > 0 && samples.count == side * side, "\(samples.count) samples do not make a square of \(side)")
    self.side = side
    self.samples = samples
  }
}
