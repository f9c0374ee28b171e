import ArgumentParser
import Isolation
import Video

/// The option of all commands that read what strangers may have made.
public struct IsolateOption: ParsableArguments {
  /// Whether they are read in a process of its own.
  @Flag(
    name: .customLong("isolate"),
    help:
      "Read clips and given checkpoints in a process of its own, with no files, no network and bounded memory: for those of strangers (docs/SECURITY.md)."
  )
  public var isOn = false

  /// As it is without a word.
  public init() {}

  /// What is set of a recipe's keys, with what this says.
  public func overrides(_ given: [String]) -> [String] {
    isOn ? given + ["data.limits.isolate=true"] : given
  }
}

extension DecodeLimits {
  /// These limits, isolated if the option says so.
  /// - Parameter bounds: what they are bounded by then, where it is a stranger that says what a clip may cost.
  public func isolated(_ option: IsolateOption, atMost bounds: DecodeLimits? = nil) -> DecodeLimits {
    guard option.isOn else { return self }
    var limits = self
    limits.isolate = true
    if let bounds {
      limits.maxPixels = min(maxPixels, bounds.maxPixels)
      limits.maxSeconds = min(maxSeconds, bounds.maxSeconds)
      limits.maxBytes = min(maxBytes, bounds.maxBytes)
    }
    return limits
  }

  /// Finds out before any work whether clips can be read in a process of its own, where they are to be.
  /// - Throws: `IsolationError`, `MachineError`.
  public func requireIsolation() throws {
    if isolate { try IsolatedVideoReader.check(self) }
  }
}
