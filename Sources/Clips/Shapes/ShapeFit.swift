import Manifests

/// Which of several shapes is a clip's own.
struct ShapeFit {
  /// How long the piece lasts that the entry names, in seconds, and its size as shown.
  private let seconds: Double
  private let width: Int, height: Int

  init(of entry: ClipEntry, _ facts: ClipFacts) {
    seconds = min(entry.end ?? .infinity, facts.seconds) - (entry.start ?? 0)
    (width, height) = (facts.width, facts.height)
  }

  /// The best of the shapes at some places; nil if there is none.
  ///
  /// Nearest proportions first; then the most frames that the clip has all of, or else the fewest, of which some are held;
  /// then the largest size that is not larger than the clip's, or else the smallest; then the first in the list.
  func best(of shapes: [ClipShape], among places: [Int]) -> Int? {
    var best = places
    func keep(_ key: (ClipShape) -> Double) {
      let least = best.map { key(shapes[$0]) }.min()
      best.removeAll { key(shapes[$0]) != least }
    }
    keep(distance)
    keep { has(allFramesOf: $0) ? -Double($0.frames) : Double($0.frames) }
    keep { covers($0) ? -Double($0.height * $0.width) : Double($0.height * $0.width) }
    return best.first
  }

  /// How many times the shape is wider than the clip is, or the other way round.
  private func distance(_ shape: ClipShape) -> Double {
    let (own, theirs) = (Double(width * shape.height), Double(shape.width * height))
    return max(own / theirs, theirs / own)
  }

  private func has(allFramesOf shape: ClipShape) -> Bool {
    // As windows are placed: the last frame begins within the clip.
    WindowRoom.frames(in: seconds, of: shape) == Double(shape.frames)
  }

  private func covers(_ shape: ClipShape) -> Bool { width >= shape.width && height >= shape.height }
}
