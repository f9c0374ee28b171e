/// Whether a model is right as often as it says: clips in bins by the probability of the class that was found most
/// probable, their confidence.
///
///     error = Σ over bins  clips / all clips · |share right − mean confidence|
///
/// This is the expected calibration error with equal bins (C. Guo et al., "On calibration of modern neural networks",
/// 2017). 0 is a model whose word can be taken; it says nothing of how often the model is right.
public struct Calibration: Sendable, Equatable, Codable {
  /// The clips whose confidence is above `low` and at most `high`.
  public struct Bin: Sendable, Equatable, Codable {
    /// The bin's ends.
    public let low: Double, high: Double
    /// How many clips.
    public let clips: Int
    /// The mean of their confidence, and the share of them that are right; nil without clips.
    public let confidence: Double?, accuracy: Double?
  }

  /// The bins, from 0 to 1.
  public let bins: [Bin]
  /// The expected calibration error, 0 to 1; nil without clips.
  public let error: Double?

  /// The number of bins unless another is asked for, as in the paper.
  public static let standardBins = 15

  /// Sorts clips into bins of equal width.
  /// - Parameter clips: the confidence of each, and whether it is right.
  public init(_ clips: [(confidence: Double, isRight: Bool)], bins count: Int = standardBins) {
    precondition(count > 0, "there is at least one bin")
    var members = [[(confidence: Double, isRight: Bool)]](repeating: [], count: count)
    for clip in clips {
      members[max(0, min(count - 1, Int((clip.confidence * Double(count)).rounded(.up)) - 1))].append(clip)
    }
    bins = members.enumerated().map { place, members in
      let number = Double(members.count)
      return Bin(
        low: Double(place) / Double(count), high: Double(place + 1) / Double(count), clips: members.count,
        confidence: members.isEmpty ? nil : members.reduce(0) { $0 + $1.confidence } / number,
        accuracy: members.isEmpty ? nil : Double(members.count(where: \.isRight)) / number)
    }
    error =
      clips.isEmpty
      ? nil
      : bins.reduce(0) { sum, bin in
        guard let confidence = bin.confidence, let accuracy = bin.accuracy else { return sum }
        return sum + Double(bin.clips) / Double(clips.count) * abs(accuracy - confidence)
      }
  }
}

extension ClassPredictions {
  /// Whether the model is right as often as it says. Clips for which it gave no numbers are left out.
  public var calibration: Calibration {
    Calibration(entries.indices.compactMap { clip in confidence(clip).map { ($0, isRight(clip)) } })
  }
}
