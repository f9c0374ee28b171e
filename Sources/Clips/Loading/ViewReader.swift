import Files
import Manifests
import Video

/// Reads the views of one clip after another and keeps none of them, so that any number of clips can be measured in
/// little memory.
public struct ViewReader: Sendable {
  /// The shape of each view.
  public let shape: ClipShape
  /// Which views of each clip.
  public let plan: ViewPlan
  private let source: ClipSource

  /// A reader of views.
  /// - Parameter source: where the pictures come from; it does not change them.
  public init(shape: ClipShape, plan: ViewPlan = .middle, source: ClipSource = .files(.standard)) {
    self.shape = shape
    self.plan = plan
    self.source = source
  }

  /// A reader of other views of the same clips.
  public func withPlan(_ plan: ViewPlan) -> ViewReader {
    ViewReader(shape: shape, plan: plan, source: source)
  }

  /// Reads clips in their order and hands on their views.
  ///
  /// - Parameters:
  ///   - clips: those to read.
  ///   - limit: of how many readable clips, at most.
  ///   - size: views of a batch; the last one may have fewer. A clip's views may lie in several batches.
  ///   - body: is given each batch, and says whether to go on.
  /// - Returns: the clips that were read, and those that could not be; nil if `body` stopped it.
  /// - Throws: `PackError` when a pack cannot be read, `LatentsError` when there are latents in place of pictures, `MachineError` when the machine does not let clips be read, and
  ///   what `body` throws.
  public func forEachBatch(
    of size: Int, from clips: some Sequence<ClipEntry>, limit: Int = .max,
    _ body: (ViewBatch) throws -> Bool
  ) throws -> (read: [ClipEntry], unreadable: [BadClip])? {
    precondition(size > 0, "a batch has at least one view")
    var (read, unreadable) = ([ClipEntry](), [BadClip]())
    var (waiting, weights) = (BatchSamples(), [Double]())
    func handOn(_ count: Int) throws -> Bool {
      let part = BatchSamples(
        entries: Array(waiting.entries.prefix(count)), contents: Array(waiting.contents.prefix(count)))
      let batch = ViewBatch(
        examples: part.examples(shape: shape), weights: Array(weights.prefix(count)), clipsRead: read.count)
      waiting.entries.removeFirst(count)
      waiting.contents.removeFirst(count)
      weights.removeFirst(count)
      return try body(batch)
    }
    for entry in clips {
      if read.count == limit { break }
      do {
        let views = try patiently { try pixels(of: entry) }
        read.append(entry)
        waiting.entries += Array(repeating: entry, count: views.count)
        waiting.contents += views.map { .pixels($0) }
        weights += Array(repeating: 1 / Double(views.count), count: views.count)
      } catch let clip as BadClip {
        unreadable.append(clip)
      }
      while waiting.entries.count >= size {
        guard try handOn(size) else { return nil }
      }
    }
    if !waiting.entries.isEmpty {
      guard try handOn(waiting.entries.count) else { return nil }
    }
    return (read, unreadable)
  }

  /// The different views of a clip, times first.
  /// - Throws: `BadClip`, `PackError`, `MachineError`.
  func pixels(of entry: ClipEntry) throws -> [ClipPixels] {
    let clip = try source.open(entry, ClipTimings())
    let room = try WindowRoom(of: entry, try clip.facts(), shape: shape)
    let (starts, crops) = plan.views(in: room)
    return try starts.flatMap { start in
      let times = Array(shape.times(from: start).prefix(room.frames))
      // Of several crops the frames are decoded and scaled once.
      if crops.count == 1 {
        return [held(try clip.pictures(at: times, framing: framing(crops[0])), room)]
      }
      let whole = try clip.pictures(
        at: times, framing: .covering(width: shape.width, height: shape.height))
      return crops.map { crop in held(whole.map { $0.cropped(to: framing(crop)) }, room) }
    }
  }

  private func framing(_ crop: (x: Double, y: Double)) -> Framing {
    Framing(width: shape.width, height: shape.height, cropX: crop.x, cropY: crop.y)
  }

  /// The pixels of pictures, of which the last is held where the clip is too short.
  private func held(_ pictures: [Picture], _ room: WindowRoom) -> ClipPixels {
    ClipPixels(
      pictures + Array(repeating: pictures[room.frames - 1], count: shape.frames - room.frames), shape: shape)
  }
}

/// Views of clips for one pass of a model.
public struct ViewBatch: Sendable {
  /// The views, [B, 3, F, H, W], each with the entry of its clip.
  public let examples: Examples
  /// What each counts in the mean over the views of its clip: those of a clip add up to 1.
  public let weights: [Double]
  /// How many clips were read so far.
  public let clipsRead: Int
}
