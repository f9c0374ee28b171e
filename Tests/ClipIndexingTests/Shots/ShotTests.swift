import Foundation
import TestClips
import Testing
import Video

@testable import ClipIndexing

@Suite struct ShotTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func shotsOfClip(_ pictures: [Picture], crf: Int = 20) throws -> [Shot] {
    let path = folder.path + "/clip.mp4"
    try writeClip(pictures, to: path, crf: crf)
    return try shots(of: path)
  }

  @Test(arguments: 0..<24)
  func findsHardCutsToTheFrame(seed: Int) throws {
    // From 6 to 24 frames a shot, coded well and badly.
    let lengths = (0..<5).map { 6 + (seed * 7 + $0 * 5) % 19 }
    let pictures = lengths.enumerated().flatMap { DrawnScene(UInt64(100 * seed + $0)).pictures($1) }
    let found = try shotsOfClip(pictures, crf: 18 + seed % 3 * 8)
    #expect(starts(of: found) == lengths.indices.map { lengths[..<$0].reduce(0, +) })
    #expect(found.last?.end == Double(pictures.count) / 25)
    for (shot, next) in zip(found, found.dropFirst()) { #expect(shot.end == next.start) }
  }

  @Test func aFastPanIsNoCut() throws {
    let scene = DrawnScene(5)
    let wide = scene.picture(0, width: 400)
    // A picture's width in half a second.
    let pictures = (0..<30).map { frame in
      var view = Picture(width: 96, height: 64)
      for y in 0..<64 { for x in 0..<96 { view[x, y] = wide[x + 8 * frame, y] } }
      return view
    }
    #expect(try shotsOfClip(pictures).count == 1)
  }

  @Test(arguments: [1, 2])
  func aFlashIsNoCut(frames: Int) throws {
    var pictures = DrawnScene(6).pictures(40)
    for frame in 20..<20 + frames { pictures[frame] = Picture(width: 96, height: 64, fill: (250, 250, 250)) }
    #expect(try shotsOfClip(pictures).count == 1)
  }

  @Test func blackIsAShotOfItsOwn() throws {
    let black = Array(repeating: Picture(width: 96, height: 64), count: 25)
    let found = try shotsOfClip(DrawnScene(7).pictures(20) + black + DrawnScene(8).pictures(20))
    #expect(starts(of: found) == [0, 20, 45])
    #expect(found[1].black == [Shot.Span(start: 0.8, end: 1.8)])
    #expect(found[0].black.isEmpty && found[2].black.isEmpty)
    #expect(found[1].brightness < 0.01)
  }

  @Test func aFadeThroughBlackEndsAShot() throws {
    let (first, second) = (DrawnScene(9).pictures(30), DrawnScene(10).pictures(30))
    func faded(_ picture: Picture, _ share: Double) -> Picture {
      Picture(width: 96, height: 64, pixels: picture.pixels.map { UInt8(Double($0) * share) })
    }
    let down = (0..<30).map { faded(first[$0], $0 < 18 ? 1 : Double(29 - $0) / 12) }
    let up = (0..<30).map { faded(second[$0], min(1, Double($0) / 12)) }
    let found = try shotsOfClip(down + up)
    #expect(found.count == 3)
    let middle = try #require(found.dropFirst().first)
    #expect(middle.start > 0.9 && middle.end < 1.5 && !middle.black.isEmpty)
  }

  @Test func aSecondInWhichNothingChangesIsFrozen() throws {
    let pictures = DrawnScene(11).pictures(45)
    let still = Array(repeating: pictures[19], count: 25)
    let found = try shotsOfClip(Array(pictures[..<20]) + still + pictures[20...])
    #expect(found.count == 1)
    let frozen = try #require(found[0].frozen.first)
    #expect(found[0].frozen.count == 1)
    #expect(abs(frozen.start - 0.8) < 0.13 && abs(frozen.end - 1.8) < 0.05, "\(frozen)")
  }

  @Test func aStillIsFrozenAndDoesNotMove() throws {
    let found = try shotsOfClip(Array(repeating: DrawnScene(12).picture(0), count: 30))
    #expect(found.map(\.frozen) == [[Shot.Span(start: 0, end: 1.2)]])
    #expect(found[0].motion == 0)
  }

  @Test(arguments: [(12, 12, 0, 0), (0, 0, 16, 16), (8, 4, 0, 0), (0, 0, 0, 0)])
  func measuresBars(top: Int, bottom: Int, left: Int, right: Int) throws {
    let pictures = DrawnScene(13).pictures(20).map { picture in
      var barred = picture
      for y in 0..<64 {
        for x in 0..<96 where y < top || y >= 64 - bottom || x < left || x >= 96 - right {
          barred[x, y] = (0, 0, 0)
        }
      }
      return barred
    }
    let bars = try #require(try shotsOfClip(pictures).first).bars
    for (found, drawn) in [
      (bars.top, Double(top) / 64), (bars.bottom, Double(bottom) / 64), (bars.left, Double(left) / 96),
      (bars.right, Double(right) / 96),
    ] { #expect(abs(found - drawn) <= 1.01 / 64, "\(bars)") }
  }

  @Test func aSmallThingBeforeBlackHasNoBars() throws {
    let pictures = (0..<20).map { frame in
      var picture = Picture(width: 96, height: 64)
      for y in 24..<40 { for x in 20 + frame..<36 + frame { picture[x, y] = (200, 200, 200) } }
      return picture
    }
    #expect(try shotsOfClip(pictures).map(\.bars) == [Shot.Bars()])
  }

  @Test func motionIsTheSpeedOfThings() throws {
    let wide = DrawnScene(14).picture(0, width: 400)
    func panned(_ step: Int) -> [Picture] {
      (0..<30).map { frame in
        var view = Picture(width: 96, height: 64)
        for y in 0..<64 { for x in 0..<96 { view[x, y] = wide[x + frame * step, y] } }
        return view
      }
    }
    // One sample of 96 a frame, 25 frames a second: 0.26 widths a second, less where the ground is even.
    let motion = try #require(try shotsOfClip(panned(1)).first?.motion)
    #expect(motion > 0.15 && motion < 0.3, "\(motion)")
  }

  @Test func aBlurredSceneIsLessSharp() throws {
    let sharp = DrawnScene(15).pictures(10)
    let blurred = sharp.map { picture in
      var soft = picture
      for y in 4..<60 {
        for x in 4..<92 {
          var sum = 0
          for v in y - 4...y + 4 { for u in x - 4...x + 4 { sum += Int(picture[u, v].g) } }
          let mean = UInt8(sum / 81)
          soft[x, y] = (mean, mean, mean)
        }
      }
      return soft
    }
    let values = try [sharp, blurred].map { try #require(try shotsOfClip($0).first).sharpness }
    #expect(values[0] > 3 * values[1], "\(values)")
  }
}
