import Foundation
import Video

/// Draws scenes: each pixel takes as much of an object's colour as the object covers of it, so edges are smooth.
public struct Renderer: Sendable {
  /// Size of the pictures in pixels.
  public let width: Int, height: Int

  /// A renderer of pictures of a size.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a picture needs a size")
    self.width = width
    self.height = height
  }

  /// The pictures of a clip, the first at the scene's beginning and the last at its end.
  public func pictures(of scene: Scene, frames: Int) -> [Picture] {
    (0..<frames).map { picture(of: scene, at: frames == 1 ? 0.5 : Double($0) / Double(frames - 1)) }
  }

  /// The picture at moment `u` (0 at the beginning, 1 at the end).
  public func picture(of scene: Scene, at u: Double) -> Picture {
    let view = View(scene.camera, at: u, width: width, height: height)
    var canvas = [SIMD3<Double>](repeating: SIMD3(repeating: scene.ground.tones.x), count: width * height)
    if scene.ground.kind.plainTone == nil {
      for y in 0..<height {
        for x in 0..<width {
          canvas[y * width + x] = SIMD3(repeating: tone(of: scene.ground, at: [Double(x), Double(y)], view))
        }
      }
    }
    for object in scene.objects { draw(object, at: u, view, on: &canvas) }
    let pixels = [UInt8](unsafeUninitializedCapacity: canvas.count * 3) { bytes, count in
      for (index, colour) in canvas.enumerated() {
        for channel in 0..<3 { bytes[3 * index + channel] = UInt8(colour[channel].rounded()) }
      }
      count = canvas.count * 3
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  private func draw(_ object: SceneObject, at u: Double, _ view: View, on canvas: inout [SIMD3<Double>]) {
    let pose = object.pose(at: u)
    let stamp = Stamp(
      shape: object.combination.shape, centre: view.pixel(pose.centre), radius: view.pixels(pose.radius),
      angle: pose.angle)
    let colour = object.combination.colour.rgb
    stamp.forEachPixel(width: width, height: height) { index, coverage in
      canvas[index] += (colour - canvas[index]) * coverage
    }
  }

  /// The brightness of a textured ground at the middle of a pixel.
  private func tone(of ground: Ground, at corner: SIMD2<Double>, _ view: View) -> Double {
    let place = view.place(corner + [0.5, 0.5])
    let along: SIMD2 = [cos(ground.angle), sin(ground.angle)]
    let across: SIMD2 = [-along.y, along.x]
    /// From 0 to 1 in stripes, with edges one pixel wide.
    func stripe(_ direction: SIMD2<Double>) -> Double {
      let turn = (place * direction).sum() * ground.frequency
      let wave = abs(turn - turn.rounded(.down) - 0.5) - 0.25
      return min(max(wave * view.pixels(1) / ground.frequency + 0.5, 0), 1)
    }
    let share: Double
    switch ground.kind {
    case .gradient: share = min(max((place * along).sum() + 0.5, 0), 1)
    case .checks:
      let (a, b) = (stripe(along), stripe(across))
      share = a + b - 2 * a * b
    default: share = stripe(along)
    }
    return ground.tones.x + (ground.tones.y - ground.tones.x) * share
  }
}

/// How places of a scene and pixels of a picture belong together at one moment.
private struct View {
  private let size: SIMD2<Double>
  private let side: Double
  private let offset: SIMD2<Double>
  private let zoom: Double

  init(_ camera: Camera, at u: Double, width: Int, height: Int) {
    size = [Double(width), Double(height)]
    side = size.min()
    offset = camera.offset(at: u) + [0.5, 0.5]
    zoom = camera.zoom(at: u)
  }

  /// Where a place of the scene is, in pixels from the left and top.
  func pixel(_ place: SIMD2<Double>) -> SIMD2<Double> { ((place - offset) * zoom + [0.5, 0.5]) * size }
  /// A length of the scene in pixels.
  func pixels(_ length: Double) -> Double { length * zoom * side }
  /// What place is at a point in pixels, from the middle of the scene, in shares of the shorter side.
  func place(_ pixel: SIMD2<Double>) -> SIMD2<Double> {
    (pixel - size * 0.5) / (zoom * side) + (offset - [0.5, 0.5]) * size / side
  }
}

/// A shape at a place of a picture, all in pixels.
struct Stamp {
  let shape: ShapeKind
  let centre: SIMD2<Double>
  let radius: Double
  var angle = 0.0

  /// Calls `body` with the index of each pixel that the shape touches and the share of it that is covered.
  func forEachPixel(width: Int, height: Int, _ body: (_ index: Int, _ coverage: Double) -> Void) {
    let outline = Outline(shape)
    let reach = radius * Outline.reach + 1
    func span(_ middle: Double, _ size: Int) -> Range<Int> {
      let lower = min(max(Int((middle - reach).rounded(.down)), 0), size)
      return lower..<max(lower, min(Int((middle + reach).rounded(.up)), size))
    }
    let (cosine, sine) = (cos(angle), sin(angle))
    for y in span(centre.y, height) {
      for x in span(centre.x, width) {
        let way = SIMD2(Double(x) + 0.5, Double(y) + 0.5) - centre
        let turned = SIMD2(cosine * way.x + sine * way.y, cosine * way.y - sine * way.x)
        let coverage = min(max(0.5 - outline.distance(turned / radius) * radius, 0), 1)
        if coverage > 0 { body(y * width + x, coverage) }
      }
    }
  }
}
