import Manifests
import Synchronization
import Video

/// What readers learned of clips, kept to spare later readers the search for frames; as much of it as there is room for.
final class ClipTimings: Sendable {
  private struct State {
    var timings: [Int: ClipTiming] = [:]
    /// Bytes that `timings` may still grow by.
    var room = 256 << 20
  }

  private let state = Mutex(State())

  /// What is known of a clip of the manifest.
  subscript(entry: ClipEntry) -> ClipTiming? { state.withLock { $0.timings[entry.index] } }

  /// Keeps what was learned, if there is room.
  func keep(_ timing: ClipTiming, of entry: ClipEntry) {
    state.withLock { state in
      guard state.room >= timing.byteCount, state.timings[entry.index] == nil else { return }
      state.room -= timing.byteCount
      state.timings[entry.index] = timing
    }
  }
}
