import Foundation
import TestClips
import Testing

@testable import Manifests

/// Names that are one text and different bytes: both are named and refused, never taken for each other.
struct LookAlikeNamesTests {
  /// é as one character, and as a letter with an accent behind it.
  private let composed = "caf\u{E9}", decomposed = "cafe\u{301}"
  private let words = #"two names differ only in how their letters are composed in Unicode"#

  private func message(_ path: String) -> String {
    let error = #expect(throws: ManifestError.self) { try Manifest.load(path) }
    return error?.description ?? ""
  }

  @Test func inListsAndFolders() throws {
    let folder = try TemporaryFolder()
    for (name, caption) in [(composed, "one"), (decomposed, "two")] {
      try folder.write("clips/\(name).mp4")
      try folder.write("clips/\(name).txt", caption)
    }
    let list = try folder.write(
      "m.csv", "path,caption\nclips/\(composed).mp4,one\nclips/\(decomposed).mp4,two\n")
    #expect(message(list).contains("line 3: \(words)"), "\(message(list))")
    #expect(message(list).contains(#"caf\xc3\xa9.mp4 and clips/cafe\xcc\x81.mp4"#), "\(message(list))")
    #expect(message(folder.path + "/clips").contains(words))
    let classes = try TemporaryFolder()
    for name in ["a/\(composed).mp4", "a/\(decomposed).mp4", "b/c.mp4"] { try classes.write(name) }
    #expect(message(classes.path).contains(words))
  }

  @Test func inArchives() throws {
    let folder = try TemporaryFolder()
    var tar = TarBuilder()
    for name in [composed, decomposed] {
      tar.file("\(name).mp4", [1])
      tar.file("\(name).txt", "x")
    }
    let path = try folder.write("a.tar")
    try Data(tar.finished).write(to: URL(fileURLWithPath: path))
    #expect(
      message(path).contains("\(words), a.tar/caf\\xc3\\xa9 and a.tar/cafe\\xcc\\x81"), "\(message(path))")
  }

  /// A caption of one and a caption of the other must not change places either, whatever the clips' endings.
  @Test func inArchivesOfVideosAndPictures() throws {
    let folder = try TemporaryFolder()
    var tar = TarBuilder()
    for (name, ending) in [(composed, "mp4"), (decomposed, "jpg")] {
      tar.file("\(name).\(ending)", [1])
      tar.file("\(name).txt", "x")
    }
    let path = try folder.write("a.tar")
    try Data(tar.finished).write(to: URL(fileURLWithPath: path))
    #expect(message(path).contains(words), "\(message(path))")
    // One clip whose caption's name is composed otherwise is no two clips.
    var one = TarBuilder()
    one.file("\(composed).mp4", [1])
    one.file("\(decomposed).txt", "a caption")
    try Data(one.finished).write(to: URL(fileURLWithPath: path))
    #expect(try Manifest.load(path).map(\.caption) == ["a caption"])
  }

  /// One of them alone is a name like any other, also where its caption's file is composed otherwise, as files that came
  /// from another system are; and pieces of one clip have its name twice.
  @Test func oneAloneIsFine() throws {
    let folder = try TemporaryFolder()
    try folder.write("\(decomposed).mp4")
    try folder.write("\(composed).txt", "a caption")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.map(\.caption) == ["a caption"])
    #expect(manifest[0].name.utf8.elementsEqual("\(decomposed).mp4".utf8))
    let list = try folder.write(
      "m.csv", "path,caption,start\n\(decomposed).mp4,one,0\n\(decomposed).mp4,two,1\n")
    #expect(try Manifest.load(list).count == 2)
  }
}
