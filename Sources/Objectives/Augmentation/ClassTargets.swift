import Tensors

/// What a classifier's answers are held against: a distribution over classes for each clip.
///
///     smoothed: 1 − s + s/C for the clip's class, s/C for the others      Szegedy et al., 2015
public struct ClassTargets: Sendable, Equatable {
  /// C.
  public let classes: Int
  /// s, 0 to 1.
  public let smoothing: Double

  /// Targets over so many classes.
  public init(classes: Int, smoothing: Double = 0) {
    self.classes = classes
    self.smoothing = smoothing
  }

  /// The targets of clips of these classes, [B, C].
  ///
  /// - Parameter share: λ of mixed clips: each has this share of its own target, and the rest of its partner's, the clip
  ///   at the same place from the end.
  public func tensor(_ classes: [Int], share: Float = 1) -> Tensor {
    let off = Float(smoothing / Double(self.classes))
    let on = Float(1 - smoothing) + off
    var values = [Float](repeating: off, count: classes.count * self.classes)
    for (clip, own) in classes.enumerated() {
      let other = classes[classes.count - 1 - clip]
      let start = clip * self.classes
      if own == other {
        values[start + own] = on
      } else {
        values[start + own] = on * share + off * (1 - share)
        values[start + other] = off * share + on * (1 - share)
      }
    }
    return Tensor(values, [classes.count, self.classes])
  }
}
