import Foundation

/// "indexing 120 of 4000  35.2 clips/s  2 min left  3 bad", rewritten in place on a terminal, a line every half minute
/// elsewhere.
public final class CountLine {
  private let activity: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let begun = ContinuousClock.now
  private var lastDrawn: ContinuousClock.Instant?
  private var isOpen = false

  /// - Parameter activity: what is going on, as in "indexing".
  public init(_ activity: String) { self.activity = activity }

  /// Shows how many clips of how many are done, and a remark.
  public func show(_ done: Int, of total: Int, _ remark: String = "") {
    let now = ContinuousClock.now
    let isDue = lastDrawn.map { now - $0 > (isTerminal ? .milliseconds(100) : .seconds(30)) } ?? isTerminal
    if lastDrawn == nil { lastDrawn = now }
    guard isDue || (isTerminal && done == total) else { return }
    lastDrawn = now
    let rate = Double(done) / max(1e-9, (now - begun) / .seconds(1))
    let left = inWords(seconds: Double(total - done) / max(rate, 1e-9))
    let line = String(format: "%@ %d of %d  %.1f clips/s  %@ left", activity, done, total, rate, left)
    standardError((isTerminal ? lineStart : "") + line + (remark.isEmpty ? "" : "  " + remark))
    if isTerminal { isOpen = true } else { standardError("\n") }
  }

  /// Clears the line.
  public func close() {
    if isOpen { standardError(lineStart) }
    isOpen = false
  }
}
