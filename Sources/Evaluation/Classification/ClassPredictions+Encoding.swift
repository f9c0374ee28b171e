extension ClassPredictions: Encodable {
  private enum Key: String, CodingKey {
    case top1, top5, meanClass, calibrationError, crossEntropy, intervals, perClass, confusion, calibration,
      mistakes
  }

  /// The most mistakes that are written.
  public static let writtenMistakes = 100

  /// The figures as numbers, and beside them their intervals, those of each class, the confusion matrix [true
  /// class][predicted class], the bins of the calibration, and the most confident mistakes. What is not a number is left
  /// out: JSON has no word for it.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    let (mean, calibration) = (meanClass, calibration)
    try values.encodeIfPresent(top(1).share, forKey: .top1)
    if told.contains(5) { try values.encodeIfPresent(top(5).share, forKey: .top5) }
    try values.encodeIfPresent(mean.share, forKey: .meanClass)
    try values.encodeIfPresent(calibration.error, forKey: .calibrationError)
    try values.encodeIfPresent(crossEntropy?.ifFinite, forKey: .crossEntropy)
    var intervals = ["top1": Range(top(1).interval), "meanClass": Range(mean.interval)]
    if told.contains(5) { intervals["top5"] = Range(top(5).interval) }
    try values.encode(intervals, forKey: .intervals)
    try values.encode(perClass.map(OneClass.init), forKey: .perClass)
    try values.encode(Matrix(classes: classes, counts: confusion), forKey: .confusion)
    try values.encode(calibration.bins, forKey: .calibration)
    try values.encode(
      mistakes.prefix(Self.writtenMistakes).map { mistake in
        OneMistake(
          clip: entries[mistake.clip].name, truth: classes[mistake.truth],
          predicted: classes[mistake.predicted], confidence: mistake.confidence)
      }, forKey: .mistakes)
  }

  private struct Range: Encodable {
    let low: Double, high: Double
    init(_ range: ClosedRange<Double>) { (low, high) = (range.lowerBound, range.upperBound) }
  }

  private struct OneClass: Encodable {
    let name: String, clips: Int, right: Int, share: Double?, low: Double, high: Double
    let confidence: Double?, predicted: Int

    init(_ figure: ClassFigure) {
      (name, clips, right) = (figure.name, figure.right.judged, figure.right.right)
      (share, low, high) = (
        figure.right.share, figure.right.interval.lowerBound, figure.right.interval.upperBound
      )
      (confidence, predicted) = (figure.confidence?.ifFinite, figure.predicted)
    }
  }

  private struct Matrix: Encodable {
    let classes: [String], counts: [[Int]]
  }

  private struct OneMistake: Encodable {
    let clip: String, truth: String, predicted: String, confidence: Double
  }
}

extension Double {
  fileprivate var ifFinite: Double? { isFinite ? self : nil }
}
