import Foundation
import TestClips
import Testing

@testable import Manifests

/// Folders of clips, and what tells them apart.
struct FolderLayoutsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var message: String {
    let error = #expect(throws: ManifestError.self) { try Manifest.load(folder.path) }
    return error?.description ?? ""
  }

  @Test func classFolders() throws {
    for name in ["playing_guitar/b.mp4", "playing_guitar/a.mp4", "TaiChi/deep/c.avi", "TaiChi/notes.pdf"] {
      try folder.write(name)
    }
    try folder.write("README.txt", "none of our business")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.layout?.layout == .classFolders)
    #expect(manifest.map(\.name) == ["TaiChi/deep/c.avi", "playing_guitar/a.mp4", "playing_guitar/b.mp4"])
    #expect(manifest.map(\.label) == ["deep", "playing_guitar", "playing_guitar"])
    #expect(manifest.map(\.caption) == ["deep", "playing guitar", "playing guitar"])
    #expect(manifest.allSatisfy { $0.split == nil })
  }

  @Test func classFoldersInFoldersOfSplits() throws {
    for name in ["train/jump/a.mp4", "train/run/b.mp4", "val/jump/c.mp4", "test/run/d.mp4"] {
      try folder.write(name)
    }
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.map(\.split) == ["test", "train", "train", "validation"])
    #expect(manifest.map(\.label) == ["run", "jump", "run", "jump"])
    #expect(
      try Manifest.load(folder.path, split: "train").map(\.name) == ["train/jump/a.mp4", "train/run/b.mp4"])
    // One more folder, and "test" is a class as any other.
    try folder.write("swim/e.mp4")
    try folder.write("test/f.mp4")
    #expect(try Manifest.load(folder.path).allSatisfy { $0.split == nil })
  }

  @Test func clipsWithoutCaptionsInFoldersOfSplits() throws {
    try folder.write("train/a.mp4")
    #expect(message.contains("train/a.mp4 has no caption: there is no train/a.txt beside it"))
    try folder.write("train/a.TXT", "a caption")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.map(\.caption) == ["a caption"] && manifest[0].split == "train")
    #expect(
      manifest.layout?.description.hasSuffix("train/a.mp4 has a .txt file of its name beside it") == true)
  }

  @Test func captionFilesThatCannotBeUsed() throws {
    for name in ["a", "b", "c", "d"] { try folder.write(name + ".mp4") }
    try folder.write("a.txt", "fine")
    try folder.write("a.TXT", "another")
    try folder.write("b.txt", String(repeating: "x", count: 70_000))
    #expect(mkfifo(folder.path + "/c.txt", 0o600) == 0)
    #expect(symlink("/etc/hostname", folder.path + "/d.txt") == 0)
    let message = message
    #expect(message.contains("a.TXT and a.txt are both the caption of one clip"), "\(message)")
    #expect(message.contains("b.txt cannot be used: it is longer than 64 KB"), "\(message)")
    #expect(message.contains("c.txt cannot be used: it is not a regular file"), "\(message)")
    #expect(message.contains("d.txt cannot be used: it leads out of \(folder.path)"), "\(message)")
  }

  @Test(arguments: ["caption", "text", "prompt"])
  func videoFolderWithCSV(caption: String) throws {
    try folder.write("train/a.mp4")
    try folder.write("b.mp4")
    try folder.write("metadata.csv", "file_name,\(caption),place\ntrain/a.mp4,one,garden\nb.mp4,two,\n")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.layout?.description == "a VideoFolder, because there is a metadata.csv in it")
    #expect(manifest.map(\.name) == ["train/a.mp4", "b.mp4"] && manifest.map(\.caption) == ["one", "two"])
    #expect(manifest.map(\.split) == ["train", nil] && manifest[0].attributes == ["place": "garden"])
  }

  @Test func videoFolderWithJSONLinesInFoldersOfSplits() throws {
    for name in ["train/a.mp4", "val/deep/b.mp4"] { try folder.write(name) }
    try folder.write(
      "train/metadata.jsonl", "{\"file_name\": \"a.mp4\", \"prompt\": \"not this\", \"text\": \"one\"}\n")
    try folder.write(
      "val/metadata.jsonl", "{\"file_name\": \"deep/b.mp4\", \"text\": \"two\", \"author\": \"x\"}\n")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.map(\.name) == ["train/a.mp4", "val/deep/b.mp4"])
    #expect(manifest.map(\.split) == ["train", "validation"] && manifest.map(\.caption) == ["one", "two"])
    #expect(manifest[1].attributes == ["author": "x"])
    try folder.write(
      "val/metadata.jsonl", "{\"file_name\": \"gone.mp4\", \"text\": \"two\"}\n{\"text\": \"x\"}\n")
    #expect(message.contains("line 1: val/metadata.jsonl: there is no file val/gone.mp4"), "\(message)")
    #expect(message.contains("line 2: val/metadata.jsonl: the path is empty"))
  }

  @Test func videoFolderWithoutACaption() throws {
    try folder.write("metadata.csv", "file_name,words\na.mp4,one\n")
    #expect(
      message.contains(
        "line 1: the header has no column caption or text or prompt or label, only file_name, words"))
  }

  @Test func promptFiles() throws {
    for name in ["v/a.mp4", "v/b.mp4"] { try folder.write(name) }
    try folder.write("videos.txt", "v/a.mp4\nv/b.mp4\n\n")
    try folder.write("prompts.txt", "one\n two, and more \n")
    let manifest = try Manifest.load(folder.path)
    #expect(manifest.layout?.layout == .promptFiles)
    #expect(
      manifest.map(\.name) == ["v/a.mp4", "v/b.mp4"] && manifest.map(\.caption) == ["one", "two, and more"])
    try folder.write("prompts.txt", "one\n")
    #expect(message.contains("videos.txt has 2 lines and prompts.txt 1; each clip needs its prompt"))
    try folder.write("prompts.txt", "one\ntwo\n")
    try folder.write("videos.txt", "v/a.mp4\nv/c.mp4\n")
    #expect(message.contains("line 2: there is no file v/c.mp4"))
  }

  @Test func oneFolderOfClipsIsNoClass() throws {
    try folder.write("train.jsonl", "{}")
    for name in ["clips/a.mp4", "clips/b.mp4"] { try folder.write(name) }
    #expect(message.contains("clips/a.mp4 has no caption: there is no clips/a.txt beside it"), "\(message)")
  }

  @Test func anEmptyFolder() throws {
    #expect(message.contains("it is a folder, and no other layout of folders fits): it lists no clips"))
  }
}
