import Foundation
import Testing

@testable import Video

@Suite struct PNGTests {
  /// 3×2 pixels, no two alike.
  private let picture = Picture(width: 3, height: 2, pixels: (0..<18).map { UInt8($0 * 14) })

  @Test func isAPNGOfTheSameSize() throws {
    let bytes = try pngData(picture)
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    // The header: length, "IHDR", width, height, 8 bits, colour type 2 (RGB).
    #expect(bytes[16..<26] == [0, 0, 0, 3, 0, 0, 0, 2, 8, 2])
    #expect(try bytes == pngData(picture))
  }

  @Test func writesTheBytesToAFile() throws {
    let scratch = try Scratch()
    try writePNG(picture, to: scratch.path("a.png"))
    #expect(try scratch.bytes("a.png") == pngData(picture))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["a.png"])
  }

  @Test func namesTheFileItCannotWrite() throws {
    let scratch = try Scratch()
    let path = scratch.path("nowhere/a.png")
    let error = #expect(throws: VideoError.self) { try writePNG(picture, to: path) }
    #expect(
      error?.description
        == "cannot write \(path): No such file or directory; check the folder and the space left on the disk")
  }
}
