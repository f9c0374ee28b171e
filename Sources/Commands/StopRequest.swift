import Foundation
import Synchronization

/// Whether the user or the system asked the program to stop: by Ctrl-C (SIGINT), SIGTERM, a terminal that was closed
/// (SIGHUP, unless the program was started with it ignored, as by nohup), or a batch system before the time is over
/// (SIGUSR1).
///
/// The first signal only sets a flag, which the training loop reads after each step. A second SIGINT or SIGTERM ends the
/// program at once, which costs no checkpoint, since those are renamed into place whole.
///
/// There is one in a program. Its handlers set the flag themselves, so there is no moment at which a signal is neither
/// heard nor ends the program.
public final class StopRequest: Sendable {
  /// Starts listening.
  /// - Parameter message: what is said on standard error at the first signal; nil for nothing.
  public init(onFirst message: String?) {
    if let message {
      let line = Array("\n\(message)\n".utf8)
      let copy = UnsafeMutableRawPointer.allocate(byteCount: line.count, alignment: 1)
      copy.copyMemory(from: line, byteCount: line.count)
      Heard.lineLength.store(line.count, ordering: .relaxed)
      Heard.line.store(Int(bitPattern: copy), ordering: .releasing)
    }
    // Made before a handler looks at them.
    _ = (Heard.any.load(ordering: .relaxed), Heard.urgent.load(ordering: .relaxed))
    var numbers = sigset_t()
    sigemptyset(&numbers)
    for number in [SIGINT, SIGTERM, SIGUSR1, SIGHUP] {
      if number == SIGHUP && isIgnored(number) { continue }
      sigaddset(&numbers, number)
      signal(number, hear)
    }
    // A program that was started by a thread that holds signals back would hear none.
    pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
  }

  /// Whether a signal came.
  public var isMade: Bool { Heard.any.load(ordering: .relaxed) }
}

/// What the handlers leave.
private enum Heard {
  static let any = Atomic<Bool>(false)
  /// Whether SIGINT or SIGTERM came.
  static let urgent = Atomic<Bool>(false)
  /// The address of what is said at the first signal, 0 for nothing.
  static let line = Atomic<Int>(0)
  static let lineLength = Atomic<Int>(0)
}

/// Does what a signal handler may: sets flags, and writes a line if that does not block.
private func hear(_ number: Int32) {
  let error = errno
  if number == SIGINT || number == SIGTERM, Heard.urgent.exchange(true, ordering: .relaxed) {
    _exit(128 + number)
  }
  if !Heard.any.exchange(true, ordering: .relaxed),
    let line = UnsafeRawPointer(bitPattern: Heard.line.load(ordering: .acquiring))
  {
    var ready = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    if poll(&ready, 1, 0) == 1 { _ = write(STDERR_FILENO, line, Heard.lineLength.load(ordering: .relaxed)) }
  }
  errno = error
}

/// Whether the program was started with a signal ignored.
private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  sigaction(number, nil, &action)
  let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
  return handler == unsafeBitCast(SIG_IGN, to: Int.self)
}
