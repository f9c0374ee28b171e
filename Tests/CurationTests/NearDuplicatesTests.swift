import ClipIndexing
import Foundation
import TestClips
import Testing
import Video

@testable import Curation

@Suite struct NearDuplicatesTests {
  private func hash(of pictures: [Picture], crf: Int = 20) throws -> PerceptualHash {
    let folder = try TemporaryFolder()
    try writeClip(pictures, to: folder.path + "/clip.mp4", crf: crf)
    let shot = try #require(try shots(of: folder.path + "/clip.mp4").first)
    return try #require(PerceptualHash(shot.hash))
  }

  @Test(arguments: [UInt64(21), 22, 23])
  func copiesAreNearAndOthersAreFar(seed: UInt64) throws {
    let scene = DrawnScene(seed)
    let first = try hash(of: scene.pictures(20))
    let coded = try hash(of: scene.pictures(20), crf: 38)
    let small = try hash(of: scene.pictures(20).map(halved))
    let dark = try hash(of: (0..<20).map { scene.picture(Double($0) / 25, gain: 0.8) })
    #expect(first.distance(to: coded) <= 4)
    #expect(first.distance(to: small) <= 4)
    #expect(first.distance(to: dark) <= 4)
    for other in 1...5 {
      #expect(first.distance(to: try hash(of: DrawnScene(seed + 100 * UInt64(other)).pictures(20))) > 8)
    }
  }

  @Test(arguments: [0, 2, 3, 5, 11])
  func findsWhatComparingAllFinds(distance: Int) {
    var generator = SystemRandomNumberGenerator()
    let centres = (0..<60).map { _ in UInt64.random(in: 0 ... .max, using: &generator) }
    let hashes = (0..<600).map { _ in
      (0..<Int.random(in: 0...14)).reduce(centres.randomElement()!) { bits, _ in
        bits ^ 1 << UInt64.random(in: 0..<64)
      }
    }.map(PerceptualHash.init(bits:))
    var finder = NearDuplicates(distance: distance)
    for (place, hash) in hashes.enumerated() {
      let near = hashes[..<place].enumerated()
        .filter { $0.offset % 7 != place % 7 && hash.distance(to: $0.element) <= distance }
        .map { NearDuplicates.Match(shot: $0.offset, distance: hash.distance(to: $0.element)) }
      let sorted = near.sorted { ($0.distance, $0.shot) < ($1.distance, $1.shot) }
      #expect(finder.matches(hash, clip: place % 7) == sorted)
      finder.add(hash, shot: place, clip: place % 7)
    }
  }

  @Test func hashesAreWrittenAsSixteenDigits() {
    for bits in [0, 1, 0xF00D, UInt64.max] {
      let hash = PerceptualHash(bits: bits)
      #expect(hash.description.count == 16)
      #expect(PerceptualHash(hash.description) == hash)
    }
    #expect(PerceptualHash("f00d") == nil)
    #expect(PerceptualHash("zzzzzzzzzzzzzzzz") == nil)
  }
}
