import CBacktrace
import Foundation
import Synchronization

/// Where each thread of this process is, for people who look for the reason of a hang.
public enum ThreadStacks {
  /// Writes name, state and calls of each thread to a file. Threads that hang in the system itself cannot be asked.
  public static func write(to descriptor: Int32) {
    // The first call loads code, which a signal handler may not.
    backtrace_write(open("/dev/null", O_WRONLY | O_CLOEXEC))
    Asked.file.store(descriptor, ordering: .releasing)
    signal(SIGUSR2) { _ in
      let error = errno
      backtrace_write(Asked.file.load(ordering: .acquiring))
      Asked.answers.add(1, ordering: .releasing)
      errno = error
    }
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    for thread in threads.compactMap({ Int32($0) }).sorted() where thread != backtrace_thread() {
      line("\nthread \(thread) (\(fact("comm", thread))), \(state(thread)):\n", descriptor)
      let before = Asked.answers.load(ordering: .acquiring)
      guard backtrace_signal(thread, SIGUSR2) == 0 else { continue }
      for _ in 0..<100 where Asked.answers.load(ordering: .acquiring) == before { usleep(10_000) }
      if Asked.answers.load(ordering: .acquiring) == before { line("  it does not answer\n", descriptor) }
    }
  }

  /// What the handlers use.
  private enum Asked {
    static let file = Atomic<Int32>(-1)
    static let answers = Atomic(0)
  }

  private static func line(_ text: String, _ descriptor: Int32) {
    _ = text.withCString { Foundation.write(descriptor, $0, strlen($0)) }
  }

  private static func fact(_ name: String, _ thread: Int32) -> String {
    let text = (try? String(contentsOfFile: "/proc/self/task/\(thread)/\(name)", encoding: .utf8)) ?? ""
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// What it does, and what in the system it waits for.
  private static func state(_ thread: Int32) -> String {
    // "number (name) state …", and a name may hold anything.
    let letter = fact("stat", thread).split(separator: ")").last?.first { $0 != " " }
    let place = fact("wchan", thread)
    let words: [Character: String] = [
      "R": "running", "S": "waiting", "D": "waiting in the system", "T": "stopped",
    ]
    return (letter.flatMap { words[$0] } ?? "in state \(letter ?? "?")")
      + (place.isEmpty || place == "0" ? "" : " at \(place)")
  }
}
