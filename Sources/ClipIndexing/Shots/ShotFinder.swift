/// Finds the shots of a clip in the measures of its frames.
///
/// A frame begins a shot when it is new: the frame before explains little of it (`novelty`), far less than frames
/// nearby explain each other, and the frames around do not show the same scene on both sides, as they do around a
/// flash. Three frames of black and more are a shot of their own, so a fade through black ends one shot and begins another. Dissolves, wipes and
/// fades through white are not found, nor are shots of fewer than three frames.
struct ShotFinder {
  /// The least novelty of a cut.
  static let newness = 0.4
  /// How many times the mean novelty of the frames before it, and of those after it, a cut must have.
  static let prominence = 2.0
  /// How many frames before and after are compared with a cut.
  static let nearby = 5
  /// The novelty over three frames below which both sides of a flash are one scene.
  static let sameScene = 0.2
  /// The fewest frames of black that are a shot of their own.
  static let leastFrames = 3
  /// The share of dark samples from which on a frame is black.
  static let blackShare = 0.98
  /// The change from frame to frame up to which nothing changes: a tenth of a level of 255.
  static let stillness = 0.0004
  /// How long nothing must change for a frozen stretch, in seconds.
  static let frozenSeconds = 0.5

  let frames: [FrameMeasures]

  /// The first frames of the shots, ascending; the first is frame 0.
  var starts: [Int] {
    let edges = blackEdges
    return frames.indices.filter { $0 == 0 || edges.contains($0) || isCut($0) }
  }

  /// Whether a frame is black.
  func isBlack(_ frame: Int) -> Bool { frames[frame].darkShare >= ShotFinder.blackShare }

  /// Where black begins and ends, if it lasts.
  private var blackEdges: Set<Int> {
    var edges: Set<Int> = []
    var first: Int?
    for frame in 0...frames.count {
      if frame < frames.count, isBlack(frame) {
        first = first ?? frame
      } else if let begun = first {
        if frame - begun >= ShotFinder.leastFrames { edges.formUnion([begun, frame]) }
        first = nil
      }
    }
    return edges
  }

  private func isCut(_ frame: Int) -> Bool {
    let novelty = frames[frame].novelty
    guard novelty >= ShotFinder.newness else { return false }
    // Whatever moves fast is new for many frames; a cut stands out from what comes before it and from what comes after.
    let before = mean(max(1, frame - ShotFinder.nearby)..<frame, atMost: novelty)
    let after = mean(frame + 1..<min(frame + 1 + ShotFinder.nearby, frames.count), atMost: novelty)
    return novelty >= ShotFinder.prominence * max(before, after) && !isFlash(frame)
  }

  /// The mean novelty of some frames, 0 of none; the limit keeps another cut among them from counting for much.
  private func mean(_ range: Range<Int>, atMost limit: Double) -> Double {
    range.reduce(0) { $0 + min(frames[$1].novelty, limit) } / Double(max(1, range.count))
  }

  /// Whether the same scene is on both sides of a frame's beginning.
  private func isFlash(_ frame: Int) -> Bool {
    (frame...min(frame + 2, frames.count - 1)).contains {
      frames[$0].noveltyOverThree.map { $0 < ShotFinder.sameScene } ?? false
    }
  }

  /// The longest runs of frames in a range for which something holds, as stretches of time.
  /// - Parameter end: when the range ends, in seconds.
  func spans(in range: Range<Int>, until end: Double, where holds: (Int) -> Bool) -> [Shot.Span] {
    var spans: [Shot.Span] = []
    var first: Int?
    for frame in range {
      if holds(frame) {
        first = first ?? frame
      } else if let begun = first {
        spans.append(Shot.Span(start: frames[begun].seconds, end: frames[frame].seconds))
        first = nil
      }
    }
    if let first { spans.append(Shot.Span(start: frames[first].seconds, end: end)) }
    return spans
  }

  /// Where nothing changes within a range of frames.
  func frozen(in range: Range<Int>, until end: Double) -> [Shot.Span] {
    // A frame is frozen when it stays until a frame like it comes, or the one before it is like it.
    spans(in: range, until: end) { frame in
      let comes = frame > range.lowerBound && frames[frame].change <= ShotFinder.stillness
      let stays = frame + 1 < range.upperBound && frames[frame + 1].change <= ShotFinder.stillness
      return comes || stays
    }
    .filter { $0.end - $0.start >= ShotFinder.frozenSeconds - 0.5e-6 }
  }
}
