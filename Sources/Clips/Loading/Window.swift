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

  /// A window at a place of its own, which comes no second time.
  init(start: Double, cropX: Double, cropY: Double, frames: Int) {
    (self.start, self.cropX, self.cropY, self.frames) = (start, cropX, cropY, frames)
    (region, recurs) = (nil, false)
  }

  /// Chooses a window.
  ///
  /// A clip that is too short holds its last frame; one that has less than half of the frames is refused.
  /// - Parameter sample: names the draw: the position in the run and the attempt at that position.
  /// - Throws: `BadClip` when the piece lies outside the clip or is too short.
  init(
    of entry: ClipEntry, _ facts: ClipFacts, shape: ClipShape, start: StartChoice, crop: CropChoice,
    seed: UInt64, sample: (position: Int, attempt: Int)
  ) throws(BadClip) {
    let room = try WindowRoom(of: entry, facts, shape: shape)
    frames = room.frames
    let roams = start == .random && room.slack > 0
    var startStream = RandomStream(seed: seed, purpose: .start, step: sample.position, sample: sample.attempt)
    self.start = roams ? room.first + room.slack * startStream.uniform() : room.first

    var cropStream = RandomStream(seed: seed, purpose: .crop, step: sample.position, sample: sample.attempt)
    cropX = crop == .random && room.jutsX ? cropStream.uniform() : 0.5
    cropY = crop == .random && room.jutsY ? cropStream.uniform() : 0.5
    switch crop {
    case .centre: (region, recurs) = (nil, !roams)
    case .random: (region, recurs) = (nil, !roams && !(room.jutsX || room.jutsY))
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
