/// Durations of one thing that was measured several times.
struct Samples: Encodable, Equatable {
  /// Ascending.
  let seconds: [Double]

  init(_ seconds: [Double]) {
    precondition(!seconds.isEmpty, "a median needs at least one measurement")
    self.seconds = seconds.sorted()
  }

  var least: Double { seconds[0] }
  var most: Double { seconds[seconds.count - 1] }

  /// The middle one, or the mean of the two in the middle.
  var median: Double { (seconds[(seconds.count - 1) / 2] + seconds[seconds.count / 2]) / 2 }

  /// A report has room for these three.
  private enum CodingKeys: CodingKey { case median, least, most }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(median, forKey: .median)
    try container.encode(least, forKey: .least)
    try container.encode(most, forKey: .most)
  }
}

/// Measures several things in turn, round by round, so that all of them see the same machine; the first `warmUp` rounds do
/// not count.
func measureInTurn<Problem: Error>(
  rounds: Int, warmUp: Int = 1, _ bodies: [() throws(Problem) -> Void]
) throws(Problem) -> [Samples] {
  precondition(rounds > 0, "at least one round is measured")
  let clock = ContinuousClock()
  var seconds = bodies.map { _ in [Double]() }
  for round in 0..<warmUp + rounds {
    for (index, body) in bodies.enumerated() {
      let start = clock.now
      try body()
      if round >= warmUp { seconds[index].append((clock.now - start) / .seconds(1)) }
    }
  }
  return seconds.map(Samples.init)
}
