import Synchronization
import Video

/// Reads windows of clips, and keeps what is sure to be asked for again: facts of clips, failures, and pixels as long
/// as there is room. May be used from many threads at once.
///
/// What is kept never changes what is read: pixels and failures are pure functions of clip and window.
final class WindowReader: Sendable {
  let shape: ClipShape
  let start: StartChoice
  let crop: CropChoice
  private let seed: UInt64
  private let limits: DecodeLimits

  private struct Key: Hashable {
    let clip: Int
    let window: Window
  }

  private struct State {
    var facts: [Int: Result<ClipFacts, BadClip>] = [:]
    var timings: [Int: ClipTiming] = [:]
    /// Bytes that `timings` may still grow by.
    var timingRoom = 256 << 20
    var kept: [Key: Result<ClipPixels, BadClip>] = [:]
    var room: Int
  }

  private let state: Mutex<State>

  init(
    shape: ClipShape, start: StartChoice, crop: CropChoice, seed: UInt64, limits: DecodeLimits,
    cacheMegabytes: Int
  ) {
    self.limits = limits
    self.shape = shape
    self.start = start
    self.crop = crop
    self.seed = seed
    state = Mutex(State(room: cacheMegabytes << 20))
  }

  /// The pixels of one sample.
  /// - Parameter sample: names the draw of the window.
  func pixels(of entry: ClipEntry, sample: (position: Int, attempt: Int)) throws(BadClip) -> ClipPixels {
    var reader: VideoReader?
    let facts = try facts(of: entry, &reader)
    let window = try Window(
      of: entry, facts, shape: shape, start: start, crop: crop, seed: seed, sample: sample)
    let key = Key(clip: entry.index, window: window)
    if let known = state.withLock({ $0.kept[key] }) { return try known.get() }
    let result = decode(entry, window, shape, reader)
    if window.recurs {
      state.withLock { state in
        // A failure takes hardly any room, and to know it saves opening the file again.
        if case .failure = result { state.kept[key] = result }
        if case .success = result, state.room >= shape.count,
          state.kept.updateValue(result, forKey: key) == nil
        {
          state.room -= shape.count
        }
      }
    }
    return try result.get()
  }

  /// The facts of a clip; leaves the reader open for the decoding that follows when the file had to be opened.
  private func facts(of entry: ClipEntry, _ reader: inout VideoReader?) throws(BadClip) -> ClipFacts {
    if let known = state.withLock({ $0.facts[entry.index] }) { return try known.get() }
    let result: Result<ClipFacts, BadClip>
    do {
      let opened = try VideoReader(entry.file, limits: limits)
      let timing = try opened.timing()
      result = .success(
        ClipFacts(seconds: timing.duration, width: opened.info.width, height: opened.info.height))
      reader = opened
      keep(timing, of: entry)
    } catch {
      result = .failure(BadClip(entry, error))
    }
    state.withLock { $0.facts[entry.index] = result }
    return try result.get()
  }

  /// Spares later readers of the clip the search for its frames.
  private func keep(_ timing: ClipTiming, of entry: ClipEntry) {
    state.withLock { state in
      guard state.timingRoom >= timing.byteCount else { return }
      state.timingRoom -= timing.byteCount
      state.timings[entry.index] = timing
    }
  }

  private func decode(
    _ entry: ClipEntry, _ window: Window, _ shape: ClipShape, _ reader: VideoReader?
  ) -> Result<ClipPixels, BadClip> {
    do {
      let framing = Framing(
        width: shape.width, height: shape.height, cropX: window.cropX, cropY: window.cropY)
      let timing = state.withLock { $0.timings[entry.index] }
      var pictures = try (reader ?? VideoReader(entry.file, limits: limits, timing: timing))
        .pictures(at: Array(shape.times(from: window.start).prefix(window.frames)), framing: framing)
      pictures += Array(repeating: pictures[window.frames - 1], count: shape.frames - window.frames)
      return .success(ClipPixels(pictures, shape: shape))
    } catch {
      return .failure(BadClip(entry, error))
    }
  }
}
