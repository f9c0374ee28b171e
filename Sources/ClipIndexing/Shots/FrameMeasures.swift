/// What is kept of one frame: enough to find shots and to measure them once the clip is read to its end.
struct FrameMeasures: Sendable {
  /// When it is shown, in seconds after the first frame.
  var seconds: Double
  /// The mean of the samples, 0 to 1.
  var brightness: Double
  /// The share of samples below `FrameMeter.dark`.
  var darkShare: Double
  /// The variance of the Laplacian.
  var sharpness: Double
  /// The mean absolute difference to the frame before, 0 to 1; 1 for the first.
  var change: Double
  /// How little the frame before explains it, see `FrameMeter.novelty`; 0 for the first.
  var novelty: Double
  /// The same for the frame three before; nil for the first three.
  var noveltyOverThree: Double?
  /// How many samples are not dark in each row and in each column.
  var litInRow: [UInt8]
  var litInColumn: [UInt8]
  /// The means of 9 × 8 cells, 0 to 255, for the hash.
  var cells: [UInt8]
}

/// How fast things moved between two frames.
struct MotionMeasure: Sendable {
  var span: Shot.Span
  /// Sides of the picture a second.
  var speed: Double
}
