import Foundation
import TestClips
import Testing

@testable import Manifests

/// Texts of every layout may begin with a byte order mark, as some editors write it.
struct TextMarkTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func marksAtTheHeadOfATextAreNoPartOfIt() throws {
    let mark = "\u{FEFF}"
    var tar = TarBuilder()
    tar.file("1.mp4", [1])
    tar.file("1.txt", mark + "a cat")
    tar.file("2.mp4", [2])
    tar.file("2.json", mark + "{\"caption\": \"a dog\"}")
    let path = try folder.write("a.tar")
    try Data(tar.finished).write(to: URL(fileURLWithPath: path))
    #expect(try Manifest.load(path).map(\.caption) == ["a cat", "a dog"])
    try folder.write("clips/a.mp4")
    try folder.write("clips/a.txt", mark + "a bird")
    #expect(try Manifest.load(folder.path + "/clips").map(\.caption) == ["a bird"])
    let list = try folder.write(
      "list.json", mark + "[{\"id\": \"7\", \"label\": \"moving up\", \"template\": \"Moving up\"}]")
    try folder.write("7.mp4")
    #expect(try Manifest.load(list).map(\.caption) == ["moving up"])
    try folder.write("classInd.txt", mark + "1 Jump\n")
    try folder.write("Jump/a.avi")
    #expect(
      try Manifest.load(folder.write("trainlist01.txt", mark + "Jump/a.avi 1\n")).map(\.label) == ["Jump"])
  }
}
