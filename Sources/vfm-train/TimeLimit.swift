import ArgumentParser

/// When a run is to stop so that all is saved before its time is over, as batch systems give it.
struct TimeLimit {
  /// A time as it is written: `90s`, `15m`, `3h`, `1h30m`, `2d`.
  struct Text: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
      let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
      var (seconds, digits) = (0.0, "")
      for character in argument {
        if character.isASCII, character.isNumber || character == "." {
          digits.append(character)
        } else {
          guard let unit = units[character], let number = Double(digits) else { return nil }
          (seconds, digits) = (seconds + number * unit, "")
        }
      }
      guard digits.isEmpty, seconds > 0, seconds < 1e9 else { return nil }
      self.seconds = seconds
    }
  }

  private let end: ContinuousClock.Instant
  private var longestStep = Duration.zero, longestSave = Duration.zero

  /// A limit from now on.
  init(_ text: Text) { end = .now + .seconds(text.seconds) }

  /// Takes in how long a step took, and a save.
  mutating func note(step seconds: Double) { longestStep = max(longestStep, .seconds(seconds)) }
  mutating func note(save seconds: Double) { longestSave = max(longestSave, .seconds(seconds)) }

  /// Whether another step and a save might not end in time: each may take twice as long as the longest before, and the
  /// report a second.
  var isNear: Bool {
    let needed: Duration = (longestStep + longestSave) * 2 + .seconds(1)
    return ContinuousClock.now.advanced(by: needed) > end
  }
}
