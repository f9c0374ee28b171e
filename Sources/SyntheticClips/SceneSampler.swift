import Tensors

/// Draws scenes of a level.
public struct SceneSampler: Sendable {
  /// The level.
  public let level: Level
  /// Which combinations are trained on.
  public let split: CombinationSplit
  private let seed: UInt64

  /// A sampler of a level; the seed also chooses which combinations are held out.
  public init(level: Level, seed: UInt64) {
    self.level = level
    self.seed = seed
    split = CombinationSplit(level: level, seed: seed)
  }

  /// Draws the scene of clip `clip`, a pure function of seed and clip.
  ///
  /// - Parameter heldOut: whether its first object shows a combination that is never trained on. Combinations take
  ///   turns, so all occur equally often.
  /// - Returns: the scene, and the stream for further draws (the wording of its caption).
  public func scene(clip: Int, heldOut: Bool = false) -> (scene: Scene, stream: RandomStream) {
    var stream = RandomStream(seed: seed, purpose: .synthesis, step: clip)
    let combinations = heldOut ? split.heldOut : split.training
    var objects = [object(combinations[clip % combinations.count], &stream)]
    if stream.below(level.maximumObjects) > 0 {
      objects = [objects[0], companion(of: objects[0], &stream)].map { $0.scaled(by: Self.pairScale) }
    }
    // A pan over a plain ground would look like a motion of the object.
    let camera = Camera(stream.pick(level.cameras))
    let grounds = camera.kind == .still ? level.grounds : level.grounds.filter { $0.plainTone == nil }
    return (Scene(objects: objects, ground: ground(stream.pick(grounds), &stream), camera: camera), stream)
  }

  /// Where a straight motion begins and ends along its direction; each end is moved by up to `jitter`.
  static let nearEdge = 0.28, farEdge = 0.72, jitter = 0.03
  /// Where objects are on an axis along which they do not move.
  static let across = 0.34..<0.66

  /// Two objects are this much smaller, to leave each other room.
  static let pairScale = 0.7

  private func object(_ combination: Combination, _ stream: inout RandomStream) -> SceneObject {
    let size = stream.pick(SizeKind.allCases)
    var origin: SIMD2 = [stream.uniform(in: Self.across), stream.uniform(in: Self.across)]
    var travel: SIMD2 = [0.0, 0.0]
    switch combination.motion {
    case .circling: origin = [stream.uniform(in: 0.45..<0.55), stream.uniform(in: 0.45..<0.55)]
    case .bouncing: origin.y = stream.uniform(in: 0.7..<0.76)
    default:
      let direction = combination.motion.direction ?? [0, 0]
      for axis in 0..<2 where direction[axis] != 0 {
        let near = Self.nearEdge + stream.uniform(in: -Self.jitter..<Self.jitter)
        let far = Self.farEdge + stream.uniform(in: -Self.jitter..<Self.jitter)
        origin[axis] = direction[axis] > 0 ? near : far
        travel[axis] = (far - near) * direction[axis]
      }
    }
    return SceneObject(
      combination: combination, size: size, radius: size.radius, origin: origin, travel: travel,
      phase: stream.uniform(), isClockwise: stream.below(2) == 0)
  }

  /// A second object that differs from the first in colour and shape, and mostly keeps out of its way.
  private func companion(of first: SceneObject, _ stream: inout RandomStream) -> SceneObject {
    let others = split.training.filter {
      $0.colour != first.combination.colour && $0.shape != first.combination.shape
    }
    func distance(to other: SceneObject) -> Double {
      (0...8).map { moment in
        let way = first.pose(at: Double(moment) / 8).centre - other.pose(at: Double(moment) / 8).centre
        return (way * way).sum()
      }.min()!
    }
    let candidates = (0..<16).map { _ in object(stream.pick(others), &stream) }
    return candidates.max { distance(to: $0) < distance(to: $1) }!
  }

  private func ground(_ kind: GroundKind, _ stream: inout RandomStream) -> Ground {
    if let tone = kind.plainTone { return Ground(kind: kind, tones: [tone, tone], angle: 0, frequency: 0) }
    let dark = stream.uniform(in: 30..<90)
    return Ground(
      kind: kind, tones: [dark, dark + stream.uniform(in: 70..<130)],
      angle: 2 * .pi * stream.uniform(), frequency: stream.uniform(in: 2..<4))
  }
}
