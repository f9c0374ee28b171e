/// How much a scene may hold.
public enum Level: String, Sendable, Codable, CaseIterable {
  /// One object, plain ground, straight motion along an axis.
  case easy
  /// All shapes, motions and grounds.
  case medium
  /// One or two objects, and a camera that pans and zooms.
  case hard

  /// The shapes of this level.
  public var shapes: [ShapeKind] { self == .easy ? [.circle, .square, .triangle] : ShapeKind.allCases }
  /// The motions of this level.
  public var motions: [Motion] { self == .easy ? [.left, .right, .up, .down] : Motion.allCases }
  /// The grounds of this level.
  public var grounds: [GroundKind] { self == .easy ? [.black, .gray, .white] : GroundKind.allCases }
  /// The cameras of this level, those more often drawn named more often.
  public var cameras: [CameraKind] {
    self == .hard ? [.still, .still, .still] + CameraKind.allCases.filter { $0 != .still } : [.still]
  }
  /// The most objects of a scene.
  public var maximumObjects: Int { self == .hard ? 2 : 1 }

  /// Every colour, shape and motion that go together.
  public var combinations: [Combination] {
    Colour.allCases.flatMap { colour in
      shapes.flatMap { shape in
        motions.filter { $0.isVisible(on: shape) }.map {
          Combination(colour: colour, shape: shape, motion: $0)
        }
      }
    }
  }
}

/// What an object is and does, in the words of a caption.
public struct Combination: Sendable, Hashable {
  /// Its colour.
  public let colour: Colour
  /// Its shape.
  public let shape: ShapeKind
  /// Its motion.
  public let motion: Motion
}
