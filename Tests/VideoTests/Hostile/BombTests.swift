import Testing

/// What a small file can take: each bomb is refused, or decoded within the limits, in a process of its own that is
/// looked at.
@Suite struct BombTests {
  /// Megabytes by which reading a bomb may make a process larger.
  private static let mostGrowth = 512.0

  @Test(arguments: Bomb.all)
  func staysWithinTheLimits(bomb: Bomb) throws {
    let scratch = try Scratch()
    let path = scratch.path("bomb.\(bomb.ending)")
    try bomb.write(path)
    let (outcomes, code) = try Probe.read([path], options: ["--seconds", "3"])
    let outcome = try #require(outcomes.first, "the probe ended with \(code)")
    #expect(code == 0)
    #expect(outcome.growth <= Self.mostGrowth)
    if let words = bomb.words { #expect(outcome.words?.contains(words) == true, "\(outcome)") }
    if outcome.frames == 0 { #expect(outcome.words?.isEmpty == false) }
  }

  @Test func areThirty() { #expect(Bomb.all.count >= 30) }
}
