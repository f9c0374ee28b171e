/// The mean of several shares, each of which counts as much, with the range in which the true mean lies.
public struct MeanProportion: Sendable, Equatable {
  /// The shares that have trials.
  public let parts: [Proportion]

  /// The mean of the shares that have trials; others are left out.
  public init(_ parts: [Proportion]) { self.parts = parts.filter { $0.judged > 0 } }

  /// The mean, 0 to 1; nil without trials.
  public var share: Double? {
    parts.isEmpty ? nil : parts.reduce(0) { $0 + $1.share! } / Double(parts.count)
  }

  /// An interval of 95 %: Wilson's, for the number of trials n* at which one share would be as uncertain as this mean of
  /// C shares is; 0 to 1 without trials.
  ///
  ///     n* = m (1 − m) / v,   v = Σ p (1 − p) / (n − 1) / C²
  ///
  /// m is the mean, and v its variance for a sample that is drawn class by class (W. G. Cochran, "Sampling Techniques",
  /// 1977, chapter 5). A class of a single trial has no variance of its own and takes the mean p (1 − p) n / (n − 1) of
  /// the others. Where v is 0, as when all is right, all classes count as equally uncertain: n* = C² / Σ 1/n. (Wilson's
  /// interval of an effective number of trials is compared with others in C. Franco et al., "Comparative study of
  /// confidence intervals for proportions in complex sample surveys", 2019.) docs/evaluation.md tells
  /// how often it held the true mean in simulations.
  public var interval: ClosedRange<Double> {
    guard let mean = share else { return 0...1 }
    let classes = Double(parts.count)
    let several = parts.filter { $0.judged > 1 }.map(Self.spread)
    let typical = several.isEmpty ? 0 : several.reduce(0, +) / Double(several.count)
    let variance =
      parts.reduce(0) { sum, part in
        sum + (part.judged > 1 ? Self.spread(part) : typical) / Double(part.judged)
      } / (classes * classes)
    let equal = classes * classes / parts.reduce(0) { $0 + 1 / Double($1.judged) }
    let trials = variance > 0 ? mean * (1 - mean) / variance : equal
    return Proportion.wilson(mean, of: trials)
  }

  /// The variance of one trial, without bias.
  private static func spread(_ part: Proportion) -> Double {
    let (p, n) = (part.share!, Double(part.judged))
    return p * (1 - p) * n / (n - 1)
  }
}
