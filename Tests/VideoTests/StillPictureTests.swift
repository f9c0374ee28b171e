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

  /// Whatever a picture's bytes are, it is shown or refused.
  @Test func damagedPicturesAreShownOrRefused() throws {
    let scratch = try Scratch()
    var (state, shown, refused) = (UInt64(1), 0, 0)
    func random(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for fixture in try Self.fixtures() {
      for round in 0..<40 {
        var bytes = fixture.file
        for _ in 0...round % 4 { bytes[random(below: bytes.count)] = UInt8(random(below: 256)) }
        if round % 5 == 0 { bytes = bytes.prefix(random(below: bytes.count)) }
        let path = scratch.path("damaged")
        try bytes.write(to: URL(fileURLWithPath: path))
        do {
          _ = try VideoReader(path: path).pictures(at: [0], framing: Framing(width: 8, height: 8))
          shown += 1
        } catch let error as VideoError {
          #expect(!error.reason.isEmpty && error.machine == nil)
          refused += 1
        }
      }
    }
    #expect(shown > 100 && refused > 100, "\(shown) shown, \(refused) refused")
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
