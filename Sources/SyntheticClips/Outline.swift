import Foundation

/// The form of a shape as a signed distance: negative inside, zero on the outline, positive outside.
///
/// Shapes are given at radius 1, at angle 0: circle, square and triangle fill the same box, two units wide and high.
enum Outline: Sendable {
  case circle
  case ring(inner: Double)
  case polygon([SIMD2<Double>])

  init(_ shape: ShapeKind) {
    switch shape {
    case .circle: self = .circle
    case .ring: self = .ring(inner: 0.55)
    case .square: self = .polygon([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    case .triangle: self = .polygon([[0, -1], [1, 1], [-1, 1]])
    case .cross:
      let (arm, half) = (1.05, 0.36)
      self = .polygon([
        [-half, -arm], [half, -arm], [half, -half], [arm, -half], [arm, half], [half, half], [half, arm],
        [-half, arm], [-half, half], [-arm, half], [-arm, -half], [-half, -half],
      ])
    case .star:
      self = .polygon(
        (0..<10).map { corner in
          let angle = .pi * Double(corner) / 5
          return SIMD2(sin(angle), -cos(angle)) * (corner % 2 == 0 ? 1.25 : 0.52)
        })
    }
  }

  /// The signed distance of a point to the outline.
  func distance(_ point: SIMD2<Double>) -> Double {
    switch self {
    case .circle: return length(point) - 1
    case .ring(let inner): return abs(length(point) - (1 + inner) / 2) - (1 - inner) / 2
    case .polygon(let corners):
      var (nearest, isInside) = (Double.infinity, false)
      for (index, corner) in corners.enumerated() {
        let before = corners[index == 0 ? corners.count - 1 : index - 1]
        let (edge, way) = (before - corner, point - corner)
        let along = min(max((way * edge).sum() / (edge * edge).sum(), 0), 1)
        let offset = way - edge * along
        nearest = min(nearest, (offset * offset).sum())
        // Even and odd crossings of the ray to the right.
        if (corner.y > point.y) != (before.y > point.y), way.x < edge.x * way.y / edge.y { isInside.toggle() }
      }
      return isInside ? -nearest.squareRoot() : nearest.squareRoot()
    }
  }

  /// No point of a shape is farther than this from its centre.
  static let reach = 1.45
}

private func length(_ vector: SIMD2<Double>) -> Double { (vector * vector).sum().squareRoot() }
