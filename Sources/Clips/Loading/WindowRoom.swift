import Manifests

/// Where the windows of a clip, or of the piece that its entry names, can lie.
struct WindowRoom: Sendable, Equatable {
  /// The earliest start, in seconds after the first shown frame.
  let first: Double
  /// How many seconds later a window can start; 0 where it must start at once.
  let slack: Double
  /// How many of the shape's frames a window has; the last of them is held for the others.
  let frames: Int
  /// Whether the picture, scaled to cover the shape, juts out to the sides, or above and below.
  let jutsX: Bool, jutsY: Bool

  /// The room that a clip has.
  ///
  /// A clip that is too short holds its last frame; one that has less than half of the frames is refused.
  /// - Throws: `BadClip` when the piece lies outside the clip or is too short.
  init(of entry: ClipEntry, _ facts: ClipFacts, shape: ClipShape) throws(BadClip) {
    first = entry.start ?? 0
    let last = min(entry.end ?? .infinity, facts.seconds)
    guard first < last else {
      throw BadClip(
        entry, stage: "choosing frames",
        reason: "the piece starts at \(first) s, but the clip ends at \(facts.seconds) s", seconds: first)
    }
    let available = last - first
    let availableFrames = Self.frames(in: available, of: shape)
    guard 2 * max(1, availableFrames) >= Double(shape.frames) else {
      throw BadClip(
        entry, stage: "choosing frames",
        reason:
          "it lasts \(available) s, which is \(Int(max(1, availableFrames))) of the \(shape.frames) frames"
          + " at \(shape.frameRate) per second; at least half are needed", seconds: last)
    }
    frames = Int(max(1, availableFrames))
    let slack = available - shape.seconds
    self.slack = slack > Self.tolerance ? slack : 0

    // The picture is scaled to cover the shape; what juts out on one axis is cropped.
    let scale = max(
      Double(shape.width) / Double(facts.width), Double(shape.height) / Double(facts.height))
    jutsX = Double(facts.width) * scale - Double(shape.width) >= 0.5
    jutsY = Double(facts.height) * scale - Double(shape.height) >= 0.5
  }

  /// Durations are sums of container ticks: a thousandth of a second is no reason to refuse or to move.
  private static let tolerance = 1e-3

  /// How many of a shape's frames begin within so many seconds.
  static func frames(in seconds: Double, of shape: ClipShape) -> Double {
    min(Double(shape.frames), ((seconds - tolerance) * shape.frameRate).rounded(.up))
  }
}
