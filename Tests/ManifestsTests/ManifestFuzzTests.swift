import Foundation
import TestClips
import Testing

@testable import Manifests

/// Valid manifests with seeded damage: each is refused with a sentence or read, and nothing else happens.
struct ManifestFuzzTests {
  /// A generator whose draws depend on its seed alone (SplitMix64).
  private struct Draws: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let texts: [(name: String, text: String)] = [
    (
      "m.csv",
      "\u{FEFF}path,caption,label,start,end,split,x\na.mp4,\"a \"\"b\"\",\n c\",l,0.5,2,train,y\nb.mp4,d,,,,,\n"
    ),
    (
      "m.jsonl",
      "{\"path\": \"a.mp4\", \"caption\": \"a \\u00e9 \\\"b\\\"\", \"label\": 3, \"start\": 0.5, \"attributes\": {\"a\": \"b\"}}\n"
        + "{\"path\": \"b.mp4\", \"caption\": \"c\", \"x\": [1, {\"y\": null}]}\n"
    ),
    ("list.csv", "a.mp4 1\nb.mp4 playing_guitar\n"), ("list.txt", "a.mp4 1\nb.mp4 2\n"),
    ("k.csv", "label,youtube_id,time_start,time_end,split\nrunning fast,id,1,11,train\n"),
    ("s.json", "[{\"id\": \"7\", \"label\": \"x y\", \"template\": \"X [y]\", \"placeholders\": [\"y\"]}]"),
  ]

  private static func damaged(_ bytes: [UInt8], _ draws: inout Draws) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0..<4, using: &draws) {
      let place = Int.random(in: 0..<max(1, bytes.count), using: &draws)
      let end = min(bytes.count, place + Int.random(in: 1..<40, using: &draws))
      switch Int.random(in: 0..<6, using: &draws) {
      case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &draws) }
      case 1: if place < end { bytes.removeSubrange(place..<end) }
      case 2: bytes.insert(contentsOf: bytes[min(place, bytes.count)..<end], at: min(place, bytes.count))
      case 3: bytes = Array(bytes.prefix(place))
      case 4:
        if place < bytes.count {
          bytes[place] = Array("\"\\,{}[]\n\r\0:/. 9\u{FF}".utf8).randomElement(using: &draws)!
        }
      default: bytes.insert(UInt8.random(in: 0...255, using: &draws), at: min(place, bytes.count))
      }
    }
    return bytes
  }

  private func load(_ path: String) -> Bool {
    do throws(ManifestError) {
      let manifest = try Manifest.load(path)
      for entry in manifest {
        #expect(!entry.name.utf8.contains(0) && entry.file.root != nil && entry.index < manifest.count)
      }
      return true
    } catch {
      #expect(!error.description.isEmpty && error.count > 0)
      return false
    }
  }

  @Test(arguments: texts.indices)
  func damagedTexts(_ index: Int) throws {
    let folder = try TemporaryFolder()
    for name in ["a.mp4", "b.mp4", "id_000001_000011.mp4", "7.webm"] { try folder.write(name) }
    let (name, text) = Self.texts[index]
    let path = try folder.write(name, text)
    #expect(load(path))
    var draws = Draws(state: UInt64(index))
    var refused = 0
    for _ in 0..<300 {
      try Data(Self.damaged([UInt8](text.utf8), &draws)).write(to: URL(fileURLWithPath: path))
      if !load(path) { refused += 1 }
    }
    #expect(refused > 50)
  }

  @Test func damagedArchives() throws {
    var tar = TarBuilder()
    tar.pax([("path", "long/name.mp4"), ("size", "600")])
    tar.file("x", [UInt8](repeating: 3, count: 600))
    tar.file("long/name.json", "{\"caption\": \"one\", \"label\": 2}")
    tar.gnuFile(longName: String(repeating: "d/", count: 80) + "b.mp4", [1, 2, 3])
    tar.gnuFile(longName: String(repeating: "d/", count: 80) + "b.txt", [UInt8]("two".utf8))
    tar.oldSparse("c.bin")
    let folder = try TemporaryFolder()
    let path = try folder.write("a.tar")
    try Data(tar.finished).write(to: URL(fileURLWithPath: path))
    #expect(load(path))
    var draws = Draws(state: 99)
    var refused = 0
    for _ in 0..<500 {
      try Data(Self.damaged(tar.finished, &draws)).write(to: URL(fileURLWithPath: path))
      if !load(path) { refused += 1 }
    }
    #expect(refused > 50)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.tar"])
  }
}
