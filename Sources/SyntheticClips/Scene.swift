import Foundation

/// A drawn clip as values. Places are shares of the frame's width and height, x to the right and y down; a moment `u`
/// runs from 0 at the first frame to 1 at the last.
public struct Scene: Sendable, Equatable {
  /// The objects, the hindmost first.
  public let objects: [SceneObject]
  /// What lies behind them.
  public let ground: Ground
  /// How it is looked at.
  public let camera: Camera
}

/// One object and what it does.
public struct SceneObject: Sendable, Equatable {
  /// Colour, shape and motion.
  public let combination: Combination
  /// Its size in words.
  public let size: SizeKind
  /// Half its extent, as a share of the frame's shorter side.
  public let radius: Double
  /// Where a straight motion begins; the middle of a circling, the floor under a bouncing; the place of the others.
  public let origin: SIMD2<Double>
  /// The way of a straight motion from its beginning to its end; zero for the others.
  public let travel: SIMD2<Double>
  /// Where circling, bouncing and spinning begin, in turns.
  public let phase: Double
  /// Whether circling and spinning go clockwise.
  public let isClockwise: Bool

  /// The same object with another radius.
  func scaled(by factor: Double) -> SceneObject {
    SceneObject(
      combination: combination, size: size, radius: radius * factor, origin: origin, travel: travel,
      phase: phase, isClockwise: isClockwise)
  }

  /// How the object stands at a moment.
  public struct Pose: Sendable, Equatable {
    /// The centre, in shares of the frame.
    public var centre: SIMD2<Double>
    /// Half its extent, as a share of the frame's shorter side.
    public var radius: Double
    /// How far it is turned clockwise, in radians.
    public var angle: Double
  }

  /// How the object stands at moment `u`.
  public func pose(at u: Double) -> Pose {
    let turns = phase + (isClockwise ? u : -u)
    switch combination.motion {
    case .circling:
      let orbit = SIMD2(cos(2 * .pi * turns), sin(2 * .pi * turns)) * 0.22
      return Pose(centre: origin + orbit, radius: radius, angle: 0)
    case .bouncing:
      // Two bounces; between two touches of the floor a parabola.
      let flight = (phase + 2 * u).truncatingRemainder(dividingBy: 1)
      let height = 0.42 * 4 * flight * (1 - flight)
      return Pose(centre: origin - [0, height], radius: radius, angle: 0)
    case .growing: return Pose(centre: origin, radius: radius * (0.5 + 0.8 * u), angle: 0)
    case .shrinking: return Pose(centre: origin, radius: radius * (1.3 - 0.8 * u), angle: 0)
    // Half a turn in all: in eight frames, a step is less than half of the quarter turn that maps a square onto itself,
    // so that the direction of the spin can be told.
    case .spinning: return Pose(centre: origin, radius: radius, angle: .pi * turns)
    default: return Pose(centre: origin + travel * u, radius: radius, angle: 0)
    }
  }
}

/// What lies behind the objects.
public struct Ground: Sendable, Equatable {
  /// Its kind.
  public let kind: GroundKind
  /// Its darkest and brightest tone, 0 to 255; equal for a plain ground.
  public let tones: SIMD2<Double>
  /// The direction across stripes or along a gradient, in radians.
  public let angle: Double
  /// How many pairs of stripes or fields the frame's shorter side holds.
  public let frequency: Double
}

/// How a scene is looked at: a pan and a zoom about the middle of the frame.
public struct Camera: Sendable, Equatable {
  /// Its kind.
  public let kind: CameraKind

  /// A camera of a kind.
  public init(_ kind: CameraKind) { self.kind = kind }

  /// Where it looks at moment `u`: the way from the middle of the frame, in shares of it.
  public func offset(at u: Double) -> SIMD2<Double> {
    let reach = 0.3 * (u - 0.5)
    return switch kind {
    case .panLeft: [-reach, 0]
    case .panRight: [reach, 0]
    case .panUp: [0, -reach]
    case .panDown: [0, reach]
    case .still, .zoomIn, .zoomOut: [0, 0]
    }
  }

  /// How much it magnifies at moment `u`.
  public func zoom(at u: Double) -> Double {
    switch kind {
    case .zoomIn: 0.8 + 0.5 * u
    case .zoomOut: 1.3 - 0.5 * u
    default: 1
    }
  }
}
