import CLibAV
import Testing

@testable import Video

/// A region of a frame becomes the picture, however the frame lies in its file.
@Suite struct FrameRegionTests {
  private func frame(width: Int, height: Int) -> FrameMemory {
    var picture = Picture(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width { picture[x, y] = (UInt8(5 * x), UInt8(7 * y), UInt8(3 * x + y)) }
    }
    let frame = FrameMemory.forWriting(width: width, height: height, format: AV_PIX_FMT_RGB24)
    frame.fill(with: picture)
    return frame
  }

  @Test(arguments: [
    (FrameRegion(x: 0, y: 0, width: 1, height: 1), (40, 20), (40, 20), (0, 0)),
    (FrameRegion(x: 0.5, y: 0.25, width: 0.25, height: 0.5), (40, 20), (160, 40), (80, 10)),
    (FrameRegion(x: 0.9, y: 0, width: 0.1, height: 1), (7, 9), (70, 9), (63, 0)),
    (FrameRegion(x: 2 / 3.0, y: 2 / 3.0, width: 1 / 3.0, height: 1 / 3.0), (5, 5), (15, 15), (10, 10)),
  ])
  func theRegionHasThePicturesSize(
    region: FrameRegion, picture: (Int, Int), covering: (Int, Int), origin: (Int, Int)
  ) {
    let framing = Framing(width: picture.0, height: picture.1, region: region)
    let size = framing.coveringSize(width: 123, height: 45)
    #expect(size == covering)
    #expect(framing.cropOrigin(in: size) == origin)
    #expect(framing.part(of: size) == (origin.0, origin.1, picture.0, picture.1))
  }

  @Test(arguments: [(false, false, false), (false, true, true), (true, true, false), (true, false, true)])
  func itIsThePartThatIsSeen(swaps: Bool, flipsX: Bool, flipsY: Bool) throws {
    let orientation = Orientation(swapsAxes: swaps, flipsX: flipsX, flipsY: flipsY)
    let frame = frame(width: 40, height: 20)
    let scaler = PictureScaler(maxPixels: 1 << 20)
    // Pixels twice as wide as high: shown at 80 × 20.
    for aspect in [1.0, 2] {
      let whole = try scaler.picture(of: frame, framing: nil, orientation: orientation, aspect: aspect)
      let (width, height) = (whole.width, whole.height)
      let part = Framing(
        width: width / 2, height: height / 4,
        region: FrameRegion(x: 0.25, y: 0.5, width: 0.5, height: 0.25))
      let picture = try scaler.picture(of: frame, framing: part, orientation: orientation, aspect: aspect)
      #expect(picture.width == width / 2 && picture.height == height / 4)
      for y in 0..<picture.height {
        for x in 0..<picture.width {
          #expect(picture[x, y] == whole[x + width / 4, y + height / 2])
        }
      }
    }
  }

  @Test func itIsScaledUnevenlyIfItMust() throws {
    let scaler = PictureScaler(maxPixels: 1 << 20)
    let framing = Framing(
      width: 20, height: 20, region: FrameRegion(x: 0, y: 0.5, width: 1, height: 0.5))
    let picture = try scaler.picture(
      of: frame(width: 40, height: 20), framing: framing, orientation: .upright, aspect: 1)
    // Columns 0 and 1 become one; rows 10 to 19 two each.
    #expect(abs(Int(picture[5, 3].r) - Int((5 * 10 + 5 * 11) / 2)) <= 2)
    #expect(abs(Int(picture[5, 0].g) - 70) <= 4 && abs(Int(picture[5, 19].g) - 133) <= 4)
  }

  @Test func aBoxThatMakesAHugeFrameIsRefused() {
    let framing = Framing(width: 64, height: 64, region: FrameRegion(x: 0, y: 0, width: 0.01, height: 0.01))
    let error = #expect(throws: PictureScaler.Failure.self) {
      try PictureScaler(maxPixels: 1 << 20).picture(
        of: frame(width: 40, height: 20), framing: framing, orientation: .upright, aspect: 1)
    }
    #expect(
      error?.reason
        == "covering 64×64 takes 6400×6400 pixels, above the limit of 1048576 (data.limits.maxPixels)")
  }
}
