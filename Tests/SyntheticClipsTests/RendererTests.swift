import Testing
import Video

@testable import SyntheticClips

struct RendererTests {
  private func scene(
    _ shape: ShapeKind, _ motion: Motion = .right, radius: Double = 0.2, ground: GroundKind = .black,
    camera: CameraKind = .still
  ) -> Scene {
    let object = SceneObject(
      combination: Combination(colour: .red, shape: shape, motion: motion), size: .small, radius: radius,
      origin: [0.5, 0.5], travel: [0, 0], phase: 0, isClockwise: true)
    let tone = ground.plainTone ?? 60
    return Scene(
      objects: [object],
      ground: Ground(
        kind: ground, tones: [tone, ground.plainTone ?? 140], angle: 0.4, frequency: 3),
      camera: Camera(camera))
  }

  /// The area covered by the object, in pixels.
  private func area(_ picture: Picture) -> Double {
    (0..<picture.width * picture.height).reduce(0) { $0 + (Double(picture.pixels[3 * $1]) - 16) / (225 - 16) }
  }

  @Test func areasAreThoseOfTheForms() {
    let renderer = Renderer(width: 100, height: 80)
    let radius = 0.2 * 80
    let expected: [(ShapeKind, Double)] = [
      (.circle, 3.14159), (.square, 4), (.triangle, 2), (.cross, 2.1 * 0.72 * 2 - 0.72 * 0.72),
      (.ring, 3.14159 * (1 - 0.55 * 0.55)),
    ]
    for (shape, share) in expected {
      let measured = area(renderer.picture(of: scene(shape), at: 0))
      #expect(abs(measured / (share * radius * radius) - 1) < 0.01, "\(shape): \(measured)")
    }
  }

  @Test(arguments: ShapeKind.allCases)
  func theMiddleAndTheCornersAreRight(shape: ShapeKind) {
    let picture = Renderer(width: 33, height: 33).picture(of: scene(shape), at: 0.5)
    let middle: (r: UInt8, g: UInt8, b: UInt8) = shape == .ring ? (16, 16, 16) : (225, 30, 30)
    #expect(picture[16, 16] == middle)
    #expect(picture[0, 0] == (16, 16, 16) && picture[32, 32] == (16, 16, 16))
  }

  @Test func growingGrowsAndShrinkingShrinks() {
    let renderer = Renderer(width: 64, height: 64)
    let growing = renderer.pictures(of: scene(.circle, .growing), frames: 5).map(area)
    let shrinking = renderer.pictures(of: scene(.circle, .shrinking), frames: 5).map(area)
    #expect(growing == growing.sorted() && growing[4] > 4 * growing[0])
    #expect(shrinking == shrinking.sorted(by: >))
  }

  @Test(arguments: [GroundKind.gradient, .stripes, .checks])
  func texturesHaveNoHueAndStayWithinTheirTones(kind: GroundKind) {
    let picture = Renderer(width: 48, height: 32).picture(
      of: scene(.circle, radius: 0.01, ground: kind), at: 0)
    let tones = stride(from: 0, to: picture.pixels.count, by: 3).map { picture.pixels[$0] }
    #expect(tones.min()! <= 70 && tones.max()! >= 130)
    #expect(picture[0, 0].r == picture[0, 0].g && picture[0, 0].g == picture[0, 0].b)
  }

  @Test func camerasMoveTheView() {
    let renderer = Renderer(width: 64, height: 64)
    func column(_ camera: CameraKind, at u: Double) -> Double {
      let picture = renderer.picture(of: scene(.square, camera: camera), at: u)
      let red = (0..<64 * 64).filter { picture.pixels[3 * $0] > 120 }.map { Double($0 % 64) }
      return red.reduce(0, +) / Double(red.count)
    }
    // Where the camera goes left, things go right.
    #expect(column(.panLeft, at: 1) > column(.panLeft, at: 0) + 10)
    #expect(column(.panRight, at: 1) < column(.panRight, at: 0) - 10)
    let zoom = renderer.pictures(of: scene(.circle, camera: .zoomIn), frames: 3).map(area)
    #expect(zoom[2] > 2 * zoom[0])
  }
}
