import Files
import Manifests
import Synchronization
import Video

/// Reads windows of clips, and keeps what is sure to be asked for again: facts of clips, failures, and pixels as long
/// as there is room. May be used from many threads at once.
///
/// What is kept never changes what is read: pixels and failures are pure functions of clip and window. Nor does the
/// source: files and a pack of them give the same bits.
final class WindowReader: Sendable {
  let start: StartChoice
  let crop: CropChoice
  private let seed: UInt64
  private let source: ClipSource
  private let index: IndexGuard?
  private let timings = ClipTimings()
  /// How many samples were read, or could not be.
  let done = Atomic(0)

  private struct Key: Hashable {
    let clip: Int
    let shape: ClipShape
    let window: Window
  }

  private struct State {
    var facts: [Int: Result<ClipFacts, BadClip>] = [:]
    var kept: [Key: Result<ClipPixels, BadClip>] = [:]
    var room: Int
  }

  private let state: Mutex<State>

  init(
    start: StartChoice, crop: CropChoice, seed: UInt64, source: ClipSource,
    index: IndexGuard?, cacheMegabytes: Int
  ) {
    self.source = source
    self.index = index
    self.start = start
    self.crop = crop
    self.seed = seed
    state = Mutex(State(room: cacheMegabytes << 20))
  }

  /// The numbers of one sample: its pixels, or its latents, where they are what the source has.
  /// - Parameters: as of `pixels`.
  /// - Throws: as `pixels`, and `LatentsError` when the latents cannot be read.
  func content(
    of entry: ClipEntry, shape: ClipShape, sample: (position: Int, attempt: Int)
  ) throws -> ClipContent {
    guard case .latents(let latents) = source else {
      return .pixels(try pixels(of: entry, shape: shape, sample: sample))
    }
    defer { done.add(1, ordering: .relaxed) }
    return .latents(try latents.read(entry, index))
  }

  /// The pixels of one sample.
  /// - Parameters:
  ///   - shape: the frames, height and width that are asked for.
  ///   - sample: names the draw of the window.
  /// - Throws: `BadClip` when the clip cannot be used, `PackError` when the pack cannot, `MachineError` when the machine
  ///   does not let anything be read for a while.
  func pixels(
    of entry: ClipEntry, shape: ClipShape, sample: (position: Int, attempt: Int)
  ) throws -> ClipPixels {
    defer { done.add(1, ordering: .relaxed) }
    return try patiently { try pixelsAtOnce(of: entry, shape: shape, sample: sample) }
  }

  private func pixelsAtOnce(
    of entry: ClipEntry, shape: ClipShape, sample: (position: Int, attempt: Int)
  ) throws -> ClipPixels {
    var clip: (any OpenClip)?
    let facts = try facts(of: entry, &clip)
    let window = try Window(
      of: entry, facts, shape: shape, start: start, crop: crop, seed: seed, sample: sample)
    let key = Key(clip: entry.index, shape: shape, window: window)
    if let known = state.withLock({ $0.kept[key] }) { return try known.get() }
    let result = try resultOfClip { try (clip ?? source.open(entry, timings)).pixels(window, shape) }
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

  /// Why a clip cannot be used by what the index says.
  func knownFault(_ entry: ClipEntry) -> BadClip? { index?.knownFault(entry) }

  /// The facts of a clip; leaves the clip open for the reading that follows when it had to be opened.
  private func facts(of entry: ClipEntry, _ clip: inout (any OpenClip)?) throws -> ClipFacts {
    if let known = state.withLock({ $0.facts[entry.index] }) { return try known.get() }
    let result = try resultOfClip {
      if let fault = knownFault(entry) { throw fault }
      let opened = try source.open(entry, timings)
      try index?.check(entry, opened)
      clip = opened
      return try opened.facts()
    }
    state.withLock { $0.facts[entry.index] = result }
    return try result.get()
  }
}

extension OpenClip {
  /// The pixels of a window; a clip that is too short holds its last frame.
  func pixels(_ window: Window, _ shape: ClipShape) throws -> ClipPixels {
    var pictures = try pictures(
      at: Array(shape.times(from: window.start).prefix(window.frames)), framing: window.framing(shape))
    pictures += Array(repeating: pictures[window.frames - 1], count: shape.frames - window.frames)
    return ClipPixels(pictures, shape: shape)
  }
}

/// What a clip gives or is wrong with it, which may be kept; other errors pass through.
private func resultOfClip<Value>(_ body: () throws -> Value) throws -> Result<Value, BadClip> {
  do {
    return .success(try body())
  } catch let clip as BadClip {
    return .failure(clip)
  }
}
