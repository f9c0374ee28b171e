import Files

/// The machine does not let a process be locked in.
public struct IsolationError: Error, Sendable, CustomStringConvertible {
  /// Why.
  public let reason: String

  /// An error with a reason.
  public init(reason: String) { self.reason = reason }

  /// The reason and the remedy.
  public var description: String {
    "Nothing can be read in an isolated process here: \(reason); leave out --isolate (data.limits.isolate), or run where "
      + "the kernel filters system calls (seccomp)."
  }
}
