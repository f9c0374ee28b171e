import Foundation
import TestClips
import Testing
import Video

@testable import Manifests

struct WebDatasetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes an archive and returns its path.
  private func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = try folder.write(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func archive(_ name: String = "a.tar", _ build: (inout TarBuilder) -> Void) throws -> String {
    var tar = TarBuilder()
    build(&tar)
    return try write(name, tar.finished)
  }

  private func message(_ path: String) -> String {
    let error = #expect(throws: ManifestError.self) { try Manifest.load(path) }
    return error?.description ?? ""
  }

  private func bytes(of entry: ClipEntry) throws -> [UInt8] {
    let clip = try ClipBytes(entry.file)
    var bytes = [UInt8](repeating: 0, count: clip.count)
    #expect(bytes.withUnsafeMutableBytes { clip.read(at: 0, into: $0) } == clip.count)
    return bytes
  }

  /// Bytes that say where they are from.
  private func content(_ seed: UInt8, _ count: Int = 3000) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed)) }
  }

  @Test func membersOfANameAreASample() throws {
    let path = try archive { tar in
      tar.file("s/001.mp4", content(1))
      tar.file("s/001.txt", "a cat\n on a mat\n")
      tar.file("s/001.json", "{\"source\": \"tv\", \"caption\": \"not this\", \"fps\": 3, \"label\": 4}")
      tar.file("s/002.json", "{\"prompt\": \"a dog\"}")
      tar.file("s/002.webm", content(2))
      tar.file("s/003.mkv", content(3))
      tar.file("s/003.cls", "playing_guitar")
      tar.file("s/004.first.mov", content(4))
      tar.file("s/004.cls", "7")
      tar.file("readme.txt", "none of our business")
    }
    let manifest = try Manifest.load(path)
    #expect(manifest.layout?.description == "WebDataset archives, because its name ends in .tar")
    #expect(
      manifest.map(\.name) == [
        "a.tar/s/001.mp4", "a.tar/s/002.webm", "a.tar/s/003.mkv", "a.tar/s/004.first.mov",
      ])
    #expect(manifest.map(\.caption) == ["a cat on a mat", "a dog", "playing guitar", ""])
    #expect(manifest.map(\.label) == ["4", nil, "playing_guitar", "7"])
    #expect(manifest[0].attributes == ["source": "tv"])
    #expect(manifest[1].file.path == folder.path + "/a.tar" && manifest[1].file.member?.name == "s/002.webm")
    for (index, entry) in manifest.enumerated() {
      #expect(try bytes(of: entry) == content(UInt8(index + 1)), "\(entry.name)")
    }
  }

  @Test func bytesAreThoseOfTheMemberHoweverItsHeaderIsWritten() throws {
    let long = String(repeating: "deep/", count: 60) + "clip"
    let path = try archive { tar in
      tar.pax([("path", "\(long)1.mp4"), ("mtime", "1.5")])
      tar.file("short.mp4", content(1))
      tar.file("\(long.prefix(90)).txt", "no clip of this name")
      tar.gnuFile(longName: "\(long)2.mp4", content(2, 511))
      tar.gnuFile(longName: "\(long)2.txt", [UInt8]("two".utf8))
      tar.pax([("path", "çedille/клип.mp4")])
      tar.file("x", content(3, 40_000))
      tar.pax([("path", "çedille/клип.txt")])
      tar.file("x", "three")
      tar.pax([("size", "700"), ("path", "sized.mp4")])
      tar.header("x", size: 0)
      tar.content(content(4, 700))
      tar.file("sized.txt", "four")
      tar.file("empty.mp4", [])
      tar.file("empty.txt", "five")
    }
    // The first has its caption nowhere: put it there by the name that pax gives.
    var withCaption = TarBuilder()
    withCaption.pax([("path", "\(long)1.txt")])
    withCaption.file("short.txt", "one")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let first = 512 * 2 + 512 + 3072
    var spliced = [UInt8](whole)
    spliced.insert(contentsOf: withCaption.bytes, at: first)
    let manifest = try Manifest.load(write("b.tar", spliced))
    #expect(manifest.map(\.caption) == ["one", "two", "three", "four", "five"])
    #expect(manifest[2].name == "b.tar/çedille/клип.mp4")
    let sizes = [3000, 511, 40_000, 700, 0]
    for (index, entry) in manifest.enumerated() {
      let expected = content(UInt8(index + 1), sizes[index])
      #expect(try bytes(of: entry) == expected, "\(entry.name)")
    }
  }

  @Test func foldersAndPatternsOfArchives() throws {
    for (name, caption) in [
      ("my-train/00008", "a"), ("my-train/00009", "b"), ("my-train/00010", "c"), ("val/0", "d"),
    ] {
      _ = try archive(name + ".tar") { tar in
        tar.file("x.mp4", content(9))
        tar.file("x.txt", caption)
      }
    }
    let all = try Manifest.load(folder.path)
    #expect(all.layout?.layout == .webDataset)
    #expect(all.map(\.split) == ["train", "train", "train", "validation"])
    #expect(try Manifest.load(folder.path, split: "validation").map(\.caption) == ["d"])
    let pattern = try Manifest.load(folder.path + "/my-train/{00008..00010}.tar")
    #expect(pattern.map(\.caption) == ["a", "b", "c"] && pattern[0].split == nil)
    #expect(pattern.map(\.name) == ["00008.tar/x.mp4", "00009.tar/x.mp4", "00010.tar/x.mp4"])
    #expect(message(folder.path + "/my-train/{00008..00011}.tar").contains("00011.tar: No such file"))
    #expect(message(folder.path + "/my-train/{8..x}.tar").contains("{8..x} is not a range of numbers; write"))
    #expect(message(folder.path + "/{0..9}/{0..99999}.tar").contains("is not a range"))
    #expect(message(folder.path + "/{0..9}.mp4").contains("a pattern must name .tar files"))
  }

  @Test func namesAreOnlyNames() throws {
    let path = try archive { tar in
      for name in ["/etc/passwd", "../../outside", "a/../../../b"] {
        tar.file(name + ".mp4", content(5))
        tar.file(name + ".txt", "x")
      }
    }
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    let manifest = try Manifest.load(path)
    #expect(manifest.count == 3 && manifest.allSatisfy { $0.file.path == path })
    for entry in manifest { #expect(try bytes(of: entry) == content(5)) }
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == before)
  }

  @Test func whatIsNoPlainFileIsRefused() throws {
    let path = try archive { tar in
      tar.header("a.mp4", size: 0, type: "2", link: "/etc/passwd")
      tar.file("a.txt", "x")
      tar.header("b.mp4", size: 0, type: "1", link: "/etc/passwd")
      tar.header("c.mp4", size: 0, type: "3")
      tar.header("d.mp4", size: 0, type: "6")
      tar.oldSparse("e.mp4")
      tar.pax([
        ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "f.mp4"),
        ("GNU.sparse.realsize", "9000"),
      ])
      let map = [UInt8]("1\n4096\n512\n".utf8)
      tar.file("GNUSparseFile.0/f.mp4", map + [UInt8](repeating: 0, count: 512 - map.count) + content(6, 512))
      tar.header("folder.mp4", size: 0, type: "5")
      tar.file("ok.mp4", content(1))
      tar.file("ok.txt", "fine")
    }
    let message = message(path)
    for name in ["a", "b", "c", "d"] {
      #expect(message.contains("a.tar/\(name).mp4 is a link or a device, not a file"), "\(message)")
    }
    for name in ["e", "f"] { #expect(message.contains("a.tar/\(name).mp4 is a sparse file"), "\(message)") }
    #expect(message.contains("has 6 problems"), "\(message)")
  }

  @Test func sizesThatLieAreRefused() throws {
    let inHeader = try archive("h.tar") { tar in
      tar.header("a.mp4", size: 1 << 30)
      tar.content(content(1))
    }
    #expect(
      message(inHeader).contains("h.tar: its member a.mp4 of 1073741824 bytes would end beyond the archive"))
    for size in ["99999999999", "9223372036854775807", "99999999999999999999999", "-5"] {
      let inPax = try archive("p.tar") { tar in
        tar.pax([("size", size)])
        tar.file("a.mp4", content(1))
        tar.file("a.txt", "x")
      }
      #expect(message(inPax).contains("p.tar"), "\(size)")
    }
    let whole = try archive("t.tar") { tar in
      tar.file("a.mp4", content(1, 100_000))
      tar.file("a.txt", "x")
    }
    let cut = try write("cut.tar", Array(Data(contentsOf: URL(fileURLWithPath: whole)).prefix(50_000)))
    #expect(message(cut).contains("its member a.mp4 of 100000 bytes would end beyond the archive"))
  }

  @Test func samplesThatDoNotFitTogetherAreNamed() throws {
    let path = try archive { tar in
      tar.file("a.mp4", content(1))
      tar.file("b.mp4", content(1))
      tar.file("b.webm", content(1))
      tar.file("b.txt", "two clips")
      tar.file("a.mp4", content(1))
      tar.file("a.txt", "again")
      tar.file("f.mp4", content(1))
      tar.file("c.mp4", content(1))
      tar.file("c.txt", [0xFF, 0xFE])
      tar.file("d.mp4", content(1))
      tar.file("d.json", "{\"caption\": 1}")
      tar.file("e.mp4", content(1))
      tar.file("e.txt", [UInt8](repeating: 0x61, count: 70_000))
    }
    let message = message(path)
    for words in [
      "a.tar/f.mp4 has no caption: there is no f.txt or .json with one",
      "a.tar/b.webm is a second clip of its name", "a.tar/a.mp4 is a second clip of its name",
      "a.tar/c.txt cannot be used: it is not UTF-8 text",
      "a.tar/d.json cannot be used: caption must be a text",
      "a.tar/e.txt cannot be used: it is longer than 64 KB",
    ] { #expect(message.contains(words), "\(words) not in \(message)") }
  }

  /// As archives are whose members were sorted by their endings, or were added in the order of a list of texts.
  @Test func membersOfASampleNeedNotBeNeighbours() throws {
    let path = try archive { tar in
      for seed in [1, 2] as [UInt8] { tar.file("\(seed).mp4", content(seed)) }
      tar.file("2.txt", "two")
      for (name, text) in [("1.json", "{\"place\": \"garden\"}"), ("1.txt", "one")] { tar.file(name, text) }
    }
    let manifest = try Manifest.load(path)
    #expect(manifest.map(\.caption) == ["one", "two"] && manifest[0].attributes == ["place": "garden"])
    #expect(try bytes(of: manifest[1]) == content(2))
  }

  @Test func whatIsNoArchiveIsRefused() throws {
    #expect(
      message(try write("g.tar", [0x1F, 0x8B, 8, 0])).contains("it is compressed (gzip); decompress it"))
    #expect(message(try write("z.tar", [0x28, 0xB5, 0x2F, 0xFD, 0])).contains("compressed (zstd)"))
    #expect(message(try write("n.tar", content(1))).contains("n.tar: it cannot be read as a tar archive"))
    #expect(message(try write("e.tar", [])).contains("e.tar"))
  }

  @Test func manyMembersTakeLittleMemory() throws {
    // Every byte of the archive is the same few headers again: 30 000 members.
    let path = try archive { tar in
      for index in 0..<15_000 {
        tar.file("\(index).mp4", [1])
        tar.file("\(index).txt", "x")
      }
    }
    let manifest = try Manifest.load(path)
    #expect(manifest.count == 15_000 && manifest[14_999].name == "a.tar/14999.mp4")
  }
}
