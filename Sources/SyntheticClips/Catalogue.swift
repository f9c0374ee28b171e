/// What a set is drawn from: the motions, grounds and cameras of a level, and its colours and shapes or others.
public struct Catalogue: Sendable, Equatable {
  /// The level.
  public let level: Level
  /// The colours of objects, in the order of `Colour`.
  public let colours: [Colour]
  /// The shapes of objects, in the order of `ShapeKind`.
  public let shapes: [ShapeKind]

  /// A catalogue. Neither the order of the lists nor a word named twice makes a difference.
  /// - Parameters:
  ///   - colours: nil for those of the level.
  ///   - shapes: nil for those of the level.
  public init(level: Level, colours: [Colour]? = nil, shapes: [ShapeKind]? = nil) {
    self.level = level
    self.colours = colours.map { named in Colour.allCases.filter(named.contains) } ?? level.colours
    self.shapes = shapes.map { named in ShapeKind.allCases.filter(named.contains) } ?? level.shapes
  }

  /// Every colour, shape and motion that go together.
  public var combinations: [Combination] {
    colours.flatMap { colour in
      shapes.flatMap { shape in
        level.motions.filter { $0.isVisible(on: shape) }.map {
          Combination(colour: colour, shape: shape, motion: $0)
        }
      }
    }
  }

  /// What cannot be drawn, in words; nil when all is well.
  var problem: String? {
    for (name, count, all) in [
      ("colour", colours.count, Colour.allCases.map(\.rawValue)),
      ("shape", shapes.count, ShapeKind.allCases.map(\.rawValue)),
    ] {
      if count == 0 { return "no \(name) is named; name one or more of \(all.joined(separator: ", "))" }
      // Its two objects differ in colour and in shape.
      if count == 1 && level.maximumObjects > 1 {
        return
          "level \(level.rawValue) draws pairs of objects that differ in colour and shape, but there is one"
          + " \(name); name two or more of \(all.joined(separator: ", ")), or take another level"
      }
    }
    return nil
  }
}
