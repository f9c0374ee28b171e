import Foundation
import TestClips
import Testing

@testable import Manifests

/// Pictures are clips of one frame, in every layout; where they are not wanted, what is left out is told.
struct PicturesTests {
  private func names(_ path: String, pictures: Bool = true) throws -> [String] {
    try Manifest.load(path, pictures: pictures).map(\.name)
  }

  @Test func inFolders() throws {
    let folder = try TemporaryFolder()
    for name in ["a.jpg", "b.PNG", "c.webp", "d.jpeg", "e.mp4"] {
      try folder.write(name)
      try folder.write(String(name.split(separator: ".")[0]) + ".txt", "a caption")
    }
    #expect(try names(folder.path) == ["a.jpg", "b.PNG", "c.webp", "d.jpeg", "e.mp4"])
    let videos = try Manifest.load(folder.path, pictures: false)
    #expect(videos.map(\.name) == ["e.mp4"])
    #expect(
      videos.notes == ["4 pictures are left out: a picture is a clip of one frame, and data.frames is more"])
    let classes = try TemporaryFolder()
    for name in ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"] { try classes.write(name) }
    let manifest = try Manifest.load(classes.path)
    #expect(manifest.layout?.layout == .classFolders && manifest.map(\.label) == ["cat", "cat", "dog"])
  }

  /// A picture that has the name of a video is its cover, and one without a caption among videos was not meant.
  @Test func coversAndStrayPictures() throws {
    let folder = try TemporaryFolder()
    for name in ["a.mp4", "a.jpg", "logo.png"] { try folder.write(name) }
    try folder.write("a.txt", "a caption")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.map(\.name) == ["a.mp4"])
    #expect(
      manifest.notes == ["1 picture is left out, without a caption among videos"])
    // Among pictures alone, one without a caption is a mistake.
    let pictures = try TemporaryFolder()
    for name in ["a.jpg", "b.jpg"] { try pictures.write(name) }
    try pictures.write("a.txt", "a caption")
    let error = #expect(throws: ManifestError.self) { try Manifest.load(pictures.path) }
    #expect(error?.description.contains("b.jpg has no caption") == true)
  }

  @Test func inLists() throws {
    let folder = try TemporaryFolder()
    for name in ["a.mp4", "b.jpg", "c.webp"] { try folder.write(name) }
    let list = try folder.write(
      "m.jsonl", ["a.mp4", "b.jpg", "c.webp"].map { "{\"path\": \"\($0)\", \"caption\": \"x\"}\n" }.joined())
    #expect(try names(list) == ["a.mp4", "b.jpg", "c.webp"])
    let videos = try Manifest.load(list, pictures: false)
    #expect(videos.map(\.name) == ["a.mp4"])
    #expect(
      videos.notes == ["2 pictures are left out: a picture is a clip of one frame, and data.frames is more"])
    try folder.write("p.csv", "path,caption\nb.jpg,x\n")
    let error = #expect(throws: ManifestError.self) {
      try Manifest.load(folder.path + "/p.csv", pictures: false)
    }
    #expect(
      error?.description.contains(
        "it lists no videos, only pictures (1), which are clips of one frame; set data.frames to 1") == true)
  }

  @Test func inArchives() throws {
    let folder = try TemporaryFolder()
    var tar = TarBuilder()
    for name in ["a.jpg", "a.txt", "b.png", "b.mp4", "b.txt", "c.mp4", "c.jpg", "c.txt"] {
      tar.file(name, "x")
    }
    let path = try folder.write("a.tar")
    try Data(tar.finished).write(to: URL(fileURLWithPath: path))
    #expect(try names(path) == ["a.tar/a.jpg", "a.tar/b.mp4", "a.tar/c.mp4"])
    #expect(try names(path, pictures: false) == ["a.tar/b.mp4", "a.tar/c.mp4"])
  }

  private func archive(_ names: [String], in folder: TemporaryFolder) throws -> String {
    var tar = TarBuilder()
    for name in names { tar.file(name, "x") }
    let path = try folder.write("a.tar")
    try Data(tar.finished).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func besideVideosInArchives() throws {
    let folder = try TemporaryFolder()
    // Covers, however many; a picture with a caption is a clip, and one without was not meant.
    let path = try archive(
      ["a.mp4", "a.cover.jpg", "a.thumb.png", "a.txt", "b.jpg", "b.txt", "logo.png"], in: folder)
    let all = try Manifest.load(path)
    #expect(all.map(\.name) == ["a.tar/a.mp4", "a.tar/b.jpg"])
    #expect(all.notes == ["1 picture is left out, without a caption among videos"])
    let videos = try Manifest.load(path, pictures: false)
    #expect(videos.map(\.name) == ["a.tar/a.mp4"])
    #expect(
      videos.notes == ["2 pictures are left out: a picture is a clip of one frame, and data.frames is more"])
    let twice = try archive(["a.jpg", "a.png", "a.txt"], in: folder)
    let error = #expect(throws: ManifestError.self) { try Manifest.load(twice) }
    #expect(error?.description.contains("a.tar/a.png is a second clip of its name") == true)
  }

  /// What a folder is is told by its videos where it has any.
  @Test func aStrayPictureDoesNotChangeTheLayout() throws {
    let classes = try TemporaryFolder()
    for name in ["cat/1.mp4", "dog/1.mp4", "logo.png"] { try classes.write(name) }
    let manifest = try Manifest.load(classes.path)
    #expect(manifest.layout?.layout == .classFolders && manifest.map(\.label) == ["cat", "dog"])
    let shards = try TemporaryFolder()
    _ = try archive(["a.mp4", "a.txt"], in: shards)
    try shards.write("logo.png")
    #expect(try names(shards.path) == ["a.tar/a.mp4"])
  }

  @Test func ofASplit() throws {
    let folder = try TemporaryFolder()
    let list = try folder.write("m.csv", "path,caption,split\na.jpg,x,train\nb.mp4,x,test\n")
    try folder.write("a.jpg")
    try folder.write("b.mp4")
    let error = #expect(throws: ManifestError.self) {
      try Manifest.load(list, split: "train", pictures: false)
    }
    #expect(
      error?.description.contains("of split \"train\" it lists no videos, only pictures (1)") == true,
      "\(error?.description ?? "")")
  }
}
