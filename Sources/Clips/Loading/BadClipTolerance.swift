/// How many clips of a list may be bad before a run stops.
public struct BadClipTolerance: Sendable {
  /// The share of the list's clips; 1 tolerates all.
  let share: Double

  /// A share, 0 to 1.
  public init(share: Double) { self.share = share }

  /// How many of so many clips may be bad: one at least, so that a small set does not fall to its first, unless none may.
  public func allowed(of count: Int) -> Int { share > 0 ? max(1, Int(share * Double(count))) : 0 }
}
