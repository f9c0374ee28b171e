/// Colours of objects, far apart from each other and from the grounds.
public enum Colour: String, Sendable, Codable, CaseIterable {
  case red, green, blue, yellow, purple, orange

  /// Red, green and blue, 0 to 255.
  public var rgb: SIMD3<Double> {
    switch self {
    case .red: [225, 30, 30]
    case .green: [30, 180, 50]
    case .blue: [30, 70, 235]
    case .yellow: [250, 225, 30]
    case .purple: [150, 40, 190]
    case .orange: [250, 130, 20]
    }
  }
}

/// Forms of objects.
public enum ShapeKind: String, Sendable, Codable, CaseIterable {
  case circle, square, triangle, star, cross, ring
}

/// Sizes of objects.
public enum SizeKind: String, Sendable, Codable, CaseIterable {
  case small, large

  /// Half the extent of an object, as a share of the frame's shorter side.
  public var radius: Double { self == .small ? 0.2 : 0.28 }
}

/// What lies behind the objects. Grounds have no hue, so that a colour in a caption is always an object's.
public enum GroundKind: String, Sendable, Codable, CaseIterable {
  case black, gray, white, gradient, stripes, checks

  /// The brightness of a plain ground, 0 to 255; nil for textures.
  public var plainTone: Double? {
    switch self {
    case .black: 16
    case .gray: 128
    case .white: 240
    case .gradient, .stripes, .checks: nil
    }
  }
}

/// What the camera does.
public enum CameraKind: String, Sendable, Codable, CaseIterable {
  case still
  case panLeft = "pan left"
  case panRight = "pan right"
  case panUp = "pan up"
  case panDown = "pan down"
  case zoomIn = "zoom in"
  case zoomOut = "zoom out"
}

/// What objects do.
public enum Motion: String, Sendable, Codable, CaseIterable {
  case left, right, up, down
  case upLeft = "up left"
  case upRight = "up right"
  case downLeft = "down left"
  case downRight = "down right"
  case circling, bouncing, growing, shrinking, spinning

  /// The direction of a straight motion, x to the right and y down; nil for the others.
  public var direction: SIMD2<Double>? {
    switch self {
    case .left: [-1, 0]
    case .right: [1, 0]
    case .up: [0, -1]
    case .down: [0, 1]
    case .upLeft: [-1, -1]
    case .upRight: [1, -1]
    case .downLeft: [-1, 1]
    case .downRight: [1, 1]
    case .circling, .bouncing, .growing, .shrinking, .spinning: nil
    }
  }

  /// Whether the motion can be seen on a shape: a circle that spins does not seem to.
  func isVisible(on shape: ShapeKind) -> Bool {
    self != .spinning || (shape != .circle && shape != .ring)
  }
}
