/// Which shape each step of a run has, and how many steps had it before: a pure function of seed and step, so that nothing is
/// stored and any step is found at once.
///
/// Turns go on without a gap where a phase ends: a shape's first step of a phase follows its last of an earlier one.
struct ShapeTurns: Sendable {
  /// A phase, and what came before it.
  private struct Part {
    let phase: ShapePhases.Phase
    let turns: PhaseTurns
    /// How many steps each of the phase's shapes had before.
    let earlier: [Int]
  }

  private let parts: [Part]

  /// Turns of shapes.
  init(_ phases: ShapePhases, seed: UInt64) {
    var (parts, had) = ([Part](), phases.shares.map { _ in 0 })
    for phase in phases.phases {
      if let last = parts.last {
        for (place, shape) in last.phase.shapes.enumerated() {
          had[shape] += last.turns.count(of: place, before: phase.start - last.phase.start)
        }
      }
      parts.append(
        Part(
          phase: phase, turns: PhaseTurns(phase, shares: phases.shares, seed: seed),
          earlier: phase.shapes.map { had[$0] }))
    }
    self.parts = parts
  }

  /// Whether all steps have the same shapes to choose from.
  var hasOnePhase: Bool { parts.count == 1 }

  /// The shape of a step, by its place, and how many earlier steps had that shape.
  subscript(step: Int) -> (shape: Int, turn: Int) {
    precondition(step >= 0, "a step must not be negative")
    let part = parts.last { $0.phase.start <= step }!
    let (place, turn) = part.turns[step - part.phase.start]
    return (part.phase.shapes[place], part.earlier[place] + turn)
  }
}
