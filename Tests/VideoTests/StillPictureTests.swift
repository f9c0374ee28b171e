import Foundation
import Testing
import Video

/// Pictures as clips of one frame, held against what Pillow shows: turned as EXIF says, alpha over black.
struct StillPictureTests {
  private struct Fixture: Decodable {
    let name: String, file: Data, width: Int, height: Int, pixels: Data
  }

  private static func fixtures() throws -> [Fixture] {
    struct File: Decodable { let pictures: [Fixture] }
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/pictures.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: path)).pictures
  }

  @Test func arePillowsPictures() throws {
    let scratch = try Scratch()
    let fixtures = try Self.fixtures()
    #expect(fixtures.count == 19)
    for fixture in fixtures {
      let path = scratch.path(fixture.name)
      try fixture.file.write(to: URL(fileURLWithPath: path))
      let reader = try VideoReader(path: path)
      #expect(reader.info.width == fixture.width && reader.info.height == fixture.height, "\(fixture.name)")
      let picture = try #require(reader.pictures(at: [0], framing: nil).first)
      let differences = zip(picture.pixels, fixture.pixels).map { abs(Int($0) - Int($1)) }
      // JPEG's and lossy WebP's arithmetic may round otherwise, and coarse colour is spread in another way.
      let isLossy = fixture.name.hasSuffix(".jpg") || fixture.name.hasPrefix("lossy")
      let mean = Double(differences.reduce(0, +)) / Double(differences.count)
      #expect(
        differences.max()! <= (isLossy ? 40 : 1) && mean <= (isLossy ? 3 : 0.5),
        "\(fixture.name): \(mean), \(differences.max()!)")
      #expect(try reader.shownDuration() > 0 && reader.damage.isEmpty, "\(fixture.name)")
    }
  }

  /// libav takes `%03d` in a name for a pattern of many files.
  @Test func anyNameIsOneFile() throws {
    let scratch = try Scratch()
    let picture = try #require(try Self.fixtures().first { $0.name == "rgb.png" })
    for name in ["photo%03d.png", "a*.png", "shot [1].PNG", "x?.jpg"] {
      let path = scratch.path(name)
      try picture.file.write(to: URL(fileURLWithPath: path))
      #expect(try VideoReader(path: path).pictures(at: [0], framing: nil)[0].width == 24, "\(name)")
    }
  }

  @Test func damagedExifIsNoReasonToRefuse() throws {
    let scratch = try Scratch()
    let picture = try #require(try Self.fixtures().first { $0.name == "turned.png" })
    let mark = try #require(picture.file.firstRange(of: Data("eXIf".utf8)))
    for place in mark.upperBound..<mark.upperBound + 26 {
      var bytes = picture.file
      bytes[place] = 0xFF
      let path = scratch.path("damaged.png")
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(try VideoReader(path: path).pictures(at: [0], framing: nil).count == 1)
    }
  }
}
