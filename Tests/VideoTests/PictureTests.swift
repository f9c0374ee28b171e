import Testing

@testable import Video

@Suite struct PictureTests {
  @Test func fillsWithOneColour() {
    let picture = Picture(width: 3, height: 2, fill: (1, 2, 3))
    #expect(picture.pixels == [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
  }

  @Test func readsAndWritesPixelsByColumnAndRow() {
    var picture = Picture(width: 3, height: 2)
    picture[2, 1] = (9, 8, 7)
    #expect(picture[2, 1] == (9, 8, 7))
    #expect(picture.pixels[15...] == [9, 8, 7])
  }
}
