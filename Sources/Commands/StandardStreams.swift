import ArgumentParser
import Files
import Foundation
import Synchronization

/// Sees to it that descriptors 0 to 2 are open: what a program opens first would else have the number of a stream that it
/// was started without, and be written over with messages. Results that nobody could read cannot be written, though.
func holdStandardStreams() {
  for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
    _ = open("/dev/null", descriptor == STDOUT_FILENO ? O_RDONLY : O_RDWR)
  }
}

/// Writes a command's result, a line or several, to standard output; what would steer a terminal is written out.
/// - Throws: `Failure` when it cannot be written; `ExitCode` without a word when its reader has left.
public func printResult(_ text: String) throws {
  if isQuiet.load(ordering: .relaxed) { return }
  do throws(Disk.Failure) {
    try Disk.real.writeAll(STDOUT_FILENO, Array((text.harmlessLines + "\n").utf8))
  } catch {
    if error.code == EPIPE { throw ExitCode(ExitStatus.inputOutput.rawValue) }
    throw Failure(.inputOutput, "Cannot write the result to standard output: \(error.words).")
  }
}

/// Begins the line anew on a terminal.
let lineStart = "\r\u{1B}[K"

/// Writes to standard error; what would steer a terminal, but for `lineStart` at the beginning, is written out. What cannot
/// be written there, to a full disk say, is lost, and what is at work goes on.
/// - Parameter fromAnyRank: whether it is written on ranks that leave all else to the first one, too.
public func standardError(_ text: String, fromAnyRank: Bool = false) {
  if isQuiet.load(ordering: .relaxed) && !fromAnyRank { return }
  let start = text.hasPrefix(lineStart) ? lineStart : ""
  let rest = String(text.dropFirst(start.count)).harmlessLines
  do throws(Disk.Failure) {
    try Disk.real.writeAll(STDERR_FILENO, Array((start + rest).utf8))
  } catch {
    lostWords.withLock { $0 = $0 ?? error.words }
  }
}

/// Has this process say nothing but what comes from any rank.
public func leaveWordsToFirstRank() { isQuiet.store(true, ordering: .relaxed) }

private let isQuiet = Atomic(false)

/// Why something that was said on standard error is lost, in the system's words; nil while nothing is.
public var standardErrorTrouble: String? { lostWords.withLock { $0 } }

private let lostWords = Mutex<String?>(nil)
