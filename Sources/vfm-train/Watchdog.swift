import Clips
import Commands
import Files
import Foundation
import Ranks
import Synchronization

/// Ends a run that makes no progress any more, saying where it hangs: a silent hang costs days.
///
/// Progress is a step, a clip that was read or set aside, a pass of the model in between, a look or a save. The limit is ten
/// times the usual step, at least a minute and what one clip may lawfully take, and the time that a slow disk takes for a
/// checkpoint. Time counts only while this process runs: one that was stopped, or whose machine slept, does not hang. Nor
/// does one whose log is not read, by a terminal that was stopped say.
final class Watchdog: Sendable {
  /// How long nothing may happen while the usual step is not known yet: the first one may be slow.
  private static let patienceAtFirst = 1800.0
  /// The fewest seconds, how many usual steps, and the bytes a second of a slow disk.
  private static let least = 60.0, steps = 10.0, slowDisk = 10e6
  /// Opening a clip, its times and its pictures may each take as long as one may, and as much again after a pause.
  private static let clipParts = 4.0

  private struct State {
    var (last, seconds) = ("the run began", 0.0)
    var durations: [Double] = []
    var isOver = false
    var samplesDone = 0
  }

  private let state = Mutex(State())
  private let fixedLimit: Double?
  private let secondsToSave: Double, secondsOfClip: Double
  private let path: String
  private let loader: BatchLoader
  private let group: RankGroup

  /// Starts to watch.
  /// - Parameters:
  ///   - limit: how many seconds nothing may happen, saves aside; nil for what is usual.
  ///   - checkpointBytes: what a save writes.
  ///   - clipSeconds: how long a part of reading a clip may take.
  ///   - loader: reads the clips.
  ///   - group: the ranks. One that waits for others does not hang; each has a watchdog of its own.
  ///   - path: the file that says where the run hangs.
  init(
    limit: Double?, checkpointBytes: Int, clipSeconds: Double, loader: BatchLoader, group: RankGroup,
    path: String
  ) {
    fixedLimit = limit
    secondsToSave = Double(checkpointBytes) / Self.slowDisk
    secondsOfClip = Self.clipParts * clipSeconds
    (self.loader, self.group, self.path) = (loader, group, path)
    Thread { [weak self] in
      while true {
        sleep(1)
        guard let self, !self.isOver else { return }
        self.look()
      }
    }.start()
  }

  /// Takes in that something was done.
  func note(_ what: @autoclosure () -> String, step seconds: Double? = nil) {
    state.withLock { state in
      (state.last, state.seconds) = (what(), 0)
      if let seconds {
        state.durations.append(seconds)
        if state.durations.count > 128 { state.durations.removeFirst() }
      }
    }
  }

  /// Takes in that a pass of the model is about to begin.
  func notePass() { state.withLock { $0.seconds = 0 } }

  /// Watches no longer.
  func stop() { state.withLock { $0.isOver = true } }

  private var isOver: Bool { state.withLock { $0.isOver } }

  /// Counts a second, and ends the program when there were too many.
  private func look() {
    let samplesDone = loader.samplesDone
    let (last, seconds, limit) = state.withLock { state in
      if group.isWaiting { state.seconds = 0 }
      if samplesDone != state.samplesDone { (state.samplesDone, state.seconds) = (samplesDone, 0) }
      state.seconds += 1
      return (state.last, state.seconds, (fixedLimit ?? usualLimit(state.durations)) + secondsToSave)
    }
    guard seconds > limit, isLogRead else { return }
    // What is written from here on may go to the very disk that hangs.
    Thread {
      sleep(30)
      _exit(ExitStatus.internalError.rawValue)
    }.start()
    let words = "nothing has happened for \(Int(seconds)) seconds since \(last)"
    let name = group.count > 1 ? "rank \(group.rank): " : ""
    standardError(
      "\nvfm-train: \(name)\(words), so the run hangs and is ended; \(path) says where each thread is. The same command goes on from "
        + "the newest checkpoint; if it was only slow, give it more time with --hang-limit.\n",
      fromAnyRank: true)
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
    if file >= 0 {
      try? Disk.real.writeAll(file, Array("\(words).\n".utf8))
      ThreadStacks.write(to: file)
    }
    _exit(ExitStatus.internalError.rawValue)
  }

  private func usualLimit(_ durations: [Double]) -> Double {
    guard durations.count >= 3 else { return Self.patienceAtFirst }
    return max(Self.least, secondsOfClip, Self.steps * durations.sorted()[durations.count / 2])
  }

  /// Whether what is written to standard error would be taken.
  private var isLogRead: Bool {
    var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&ready, 1, 0) == 1
  }
}
