import Manifests
import Video

/// A clip as it is about to be packed: what is known of it, and its pictures.
struct PackedContent: Sendable {
  struct Frame: Sendable {
    /// When it is shown, and when the next one is, in seconds after the clip's first; the clip's end after
    /// the last.
    let seconds: Double, until: Double
    /// The size of the picture; 0 when there is none.
    let width: Int, height: Int
    /// The first 32 bits of the SHA-256 of its pixels.
    let check: Int
  }

  let name: PackedName
  var bytes = -1, modified = 0, sha256 = ""
  var facts: ClipFacts?
  var faults: PackedFaults
  var frames: [Frame] = []
  /// The pictures of all frames, one after the other.
  var pixels: [UInt8] = []

  /// Decodes a clip. What is wrong with the clip itself becomes part of the content.
  /// - Parameter room: the most bytes of pixels that it may have.
  /// - Throws: `PackError.tooLong`; `MachineError`, so that what the machine is to blame for is not packed.
  init(
    of entry: ClipEntry, _ list: PackedList, _ transform: PackTransform, limits: DecodeLimits, room: Int
  ) throws {
    name = PackedName(list, entry)
    faults = PackedFaults(limits: limits.words)
    do {
      let file = try ClipBytes(entry.file, limits: limits)
      let digest = try file.digest()
      (bytes, modified, sha256) = (file.count, file.modified, digest)
      let reader = try openVideo(file, limits: limits)
      let facts = try ClipFacts(of: reader)
      try fill(from: reader, entry, facts, transform, room: room)
      self.facts = facts
    } catch let error as PackError {
      throw error
    } catch let error as VideoError where error.machine != nil {
      throw error.cause
    } catch {
      (frames, pixels) = ([], [])
      faults.clip = PackedFault(BadClip(entry, error))
    }
  }

  private mutating func fill(
    from reader: any VideoReading, _ entry: ClipEntry, _ facts: ClipFacts, _ transform: PackTransform,
    room: Int
  ) throws {
    let (first, last) = (entry.start ?? 0, min(entry.end ?? .infinity, facts.seconds))
    guard first < last else { return }
    var (times, end) = (ArraySlice<Double>(), last)
    if transform.start == .first {
      // A clip without a window is known to have none by its facts alone.
      let window = try? Window(
        of: entry, facts, shape: transform.shape, start: .first, crop: .centre, seed: 0, sample: (0, 0))
      guard let window else { return }
      times = transform.shape.times(from: window.start).prefix(window.frames)
      end = times.last!
    }
    try reader.forEachShownFrame(from: first, framing: transform.framing) { seconds, next, picture in
      let isShown = times.contains { time in
        seconds <= time + VideoReader.timeTolerance
          && next.map { $0 > time + VideoReader.timeTolerance } ?? true
      }
      if transform.start == .random || isShown {
        try add(seconds, until: next ?? facts.seconds, entry, picture)
        if pixels.count > room {
          throw PackError.tooLong(clip: entry.path, frames: frames.count, megabytes: room >> 20)
        }
      }
      return next.map { $0 <= end + VideoReader.timeTolerance } ?? false
    }
  }

  private mutating func add(
    _ seconds: Double, until: Double, _ entry: ClipEntry, _ picture: () throws(VideoError) -> Picture
  ) throws {
    do throws(VideoError) {
      let picture = try picture()
      frames.append(
        Frame(
          seconds: seconds, until: until, width: picture.width, height: picture.height,
          check: picture.pixels.withUnsafeBytes(packedCheck)))
      pixels += picture.pixels
    } catch {
      guard error.stage == .convert else { throw error }
      faults.frames[frames.count] = PackedFault(BadClip(entry, error))
      frames.append(Frame(seconds: seconds, until: until, width: 0, height: 0, check: 0))
    }
  }
}
