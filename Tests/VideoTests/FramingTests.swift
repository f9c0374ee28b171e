import Testing

@testable import Video

@Suite struct FramingTests {
  @Test(arguments: [
    // frame, picture, covering size
    ((1280.0, 720.0), (64, 64), (114, 64)),
    ((720.0, 1280.0), (64, 64), (64, 114)),
    ((64.0, 64.0), (64, 64), (64, 64)),
    ((100.0, 50.0), (50, 25), (50, 25)),
    ((3.0, 1000.0), (8, 8), (8, 2667)),
  ])
  func coversThePicture(frame: (Double, Double), picture: (Int, Int), covering: (Int, Int)) {
    let framing = Framing(width: picture.0, height: picture.1)
    #expect(framing.coveringSize(width: frame.0, height: frame.1) == covering)
  }

  @Test func cropsWhereAsked() {
    let covering = (width: 114, height: 64)
    #expect(Framing(width: 64, height: 64).cropOrigin(in: covering) == (25, 0))
    #expect(Framing(width: 64, height: 64, cropX: 0).cropOrigin(in: covering) == (0, 0))
    #expect(Framing(width: 64, height: 64, cropX: 1, cropY: 1).cropOrigin(in: covering) == (50, 0))
  }
}
