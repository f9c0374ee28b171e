import Manifests
import Tensors
import Video

/// Where in a clip its frames start.
public enum StartChoice: String, Sendable, Codable, CaseIterable {
  /// At the beginning of the clip, or of the piece that the manifest names.
  case first
  /// Anywhere that leaves room for all frames, every place as likely.
  case random
}

/// The piece of a clip that becomes a sample: pure arithmetic, no file is touched.
struct Window: Sendable, Hashable {
  /// The time of the first frame, in seconds after the first shown frame.
  let start: Double
  /// Where the crop lies: 0 at the left and top edge, 0.5 in the middle, 1 at the right and bottom edge.
  let cropX: Double, cropY: Double
  /// The part of the picture that is scaled to the shape, whatever its proportions, the same in all frames; nil where the
  /// crop is told by its place alone.
  let region: FrameRegion?
  /// How many of the shape's frames the piece has; the last of them is held for the others.
  let frames: Int
  /// Whether a later draw gives this window again, so that it is worth keeping.
  let recurs: Bool

  /// Chooses a window.
  ///
  /// A clip that is too short holds its last frame; one that has less than half of the frames is refused.
  /// - Parameter sample: names the draw: the position in the run and the attempt at that position.
  /// - Throws: `BadClip` when the piece lies outside the clip or is too short.
  init(
    of entry: ClipEntry, _ facts: ClipFacts, shape: ClipShape, start: StartChoice, crop: CropChoice,
    seed: UInt64, sample: (position: Int, attempt: Int)
  ) throws(BadClip) {
    // Durations are sums of container ticks: a thousandth of a second is no reason to refuse or to move.
    let tolerance = 1e-3
    let first = entry.start ?? 0
    let last = min(entry.end ?? .infinity, facts.seconds)
    guard first < last else {
      throw BadClip(
        entry, stage: "choosing frames",
        reason: "the piece starts at \(first) s, but the clip ends at \(facts.seconds) s", seconds: first)
    }
    let available = last - first
    let availableFrames = min(Double(shape.frames), ((available - tolerance) * shape.frameRate).rounded(.up))
    guard 2 * max(1, availableFrames) >= Double(shape.frames) else {
      throw BadClip(
        entry, stage: "choosing frames",
        reason:
          "it lasts \(available) s, which is \(Int(max(1, availableFrames))) of the \(shape.frames) frames"
          + " at \(shape.frameRate) per second; at least half are needed", seconds: last)
    }
    frames = Int(max(1, availableFrames))
    let slack = available - shape.seconds
    let roams = start == .random && slack > tolerance
    var startStream = RandomStream(seed: seed, purpose: .start, step: sample.position, sample: sample.attempt)
    self.start = roams ? first + slack * startStream.uniform() : first

    // The picture is scaled to cover the shape; what juts out on one axis is cropped.
    let scale = max(
      Double(shape.width) / Double(facts.width), Double(shape.height) / Double(facts.height))
    let jutsX = Double(facts.width) * scale - Double(shape.width) >= 0.5
    let jutsY = Double(facts.height) * scale - Double(shape.height) >= 0.5
    var cropStream = RandomStream(seed: seed, purpose: .crop, step: sample.position, sample: sample.attempt)
    cropX = crop == .random && jutsX ? cropStream.uniform() : 0.5
    cropY = crop == .random && jutsY ? cropStream.uniform() : 0.5
    switch crop {
    case .centre: (region, recurs) = (nil, !roams)
    case .random: (region, recurs) = (nil, !roams && !(jutsX || jutsY))
    case .resized(let law):
      region = law.region(width: facts.width, height: facts.height, &cropStream)
      recurs = false
    }
  }

  /// How its frames become pictures.
  func framing(_ shape: ClipShape) -> Framing {
    if let region { return Framing(width: shape.width, height: shape.height, region: region) }
    return Framing(width: shape.width, height: shape.height, cropX: cropX, cropY: cropY)
  }
}
