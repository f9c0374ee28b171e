import Foundation

/// "sampling 41 %", rewritten in place on a terminal and silent elsewhere.
public final class PercentLine: @unchecked Sendable {
  private let activity: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown = -1

  /// - Parameter activity: what is going on, as in "sampling".
  public init(_ activity: String) { self.activity = activity }

  /// Shows a share of 0 to 1. To be called from one thread at a time.
  public func show(_ share: Double) {
    let percent = Int(100 * share)
    guard isTerminal, percent != shown else { return }
    shown = percent
    standardError("\r\(activity) \(percent) %")
  }

  /// Clears the line.
  public func close() { if isTerminal && shown >= 0 { standardError(lineStart) } }
}
