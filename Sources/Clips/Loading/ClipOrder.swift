/// The order in which clips are read: a pure function of the run's seed, so that nothing is stored and any position is
/// found at once.
protocol ClipOrder: Sendable {
  /// What stands at a position, counted in samples since step 0.
  subscript(position: Int) -> (epoch: Int, index: Int) { get }
  /// The clip that stands in at a position when `attempt` clips there could not be read, attempt 1 being the first
  /// replacement.
  ///
  /// It depends on nothing else, so threads that find bad clips in another order still read the same. The first attempts
  /// are drawn at random; the later ones walk through all clips, so that a readable one is found if there is any among
  /// `drawnReplacements` attempts more than there are clips.
  func replacement(at position: Int, attempt: Int) -> Int
}

/// How many replacements are drawn at random before all clips are tried in turn.
let drawnReplacements = 16

/// How often clips are shown.
public enum SampleBalance: String, Sendable, CaseIterable {
  /// Each clip as often as any other.
  case none
  /// Each class as often as any other.
  case classes
}
