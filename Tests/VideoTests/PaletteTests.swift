import Testing

@testable import Video

@Suite struct PaletteTests {
  @Test func keepsFewColoursExactly() {
    var picture = Picture(width: 16, height: 16)
    for i in 0..<255 { picture[i % 16, i / 16] = (UInt8(i), UInt8(255 - i), UInt8(i / 2)) }
    picture[15, 15] = (0, 255, 0)
    let palette = Palette(of: [picture])
    #expect(palette.isExact)
    #expect(palette.colours.count == 255)
  }

  @Test func choosesFromManyColours() {
    // Half of the picture is one grey, the other half a cube of 4096 colours.
    var picture = Picture(width: 128, height: 64, fill: (77, 77, 77))
    for i in 0..<4096 {
      picture[i % 64, i / 64] = (UInt8(i / 256 * 17), UInt8(i / 16 % 16 * 17), UInt8(i % 16 * 17))
    }
    let palette = Palette(of: [picture])
    #expect(!palette.isExact)
    #expect(palette.colours.count == 255)
    // The corners of the cube are far from all else, and must have something near.
    for corner in [Palette.Colour(0, 0, 0), .init(255, 255, 255), .init(255, 0, 0), .init(0, 0, 255)] {
      let nearest = palette.colours.map { colour in
        (0..<3).reduce(0) { $0 + abs(Int(colour[$1]) - Int(corner[$1])) }
      }.min()!
      #expect(nearest < 60)
    }
  }

  @Test func diffusionKeepsTheMean() {
    // Two colours only, of a ramp of greys: areas keep their mean.
    var ends = Picture(width: 2, height: 1)
    ends[1, 0] = (255, 255, 255)
    let frames = PaletteFrames(Palette(colours: Palette(of: [ends]).colours, isExact: false))
    let grey = Picture(width: 64, height: 64, fill: (100, 100, 100))
    let memory = frames.frame(of: grey)
    let frame = memory.pointer.pointee
    defer { withExtendedLifetime(memory) {} }
    var white = 0
    for y in 0..<64 { for x in 0..<64 where frame.data.0![y * Int(frame.linesize.0) + x] == 1 { white += 1 } }
    #expect(abs(Double(white) / 4096 - 100 / 255) < 0.02)
  }
}
