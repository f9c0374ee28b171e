import Foundation
import TestClips
import Testing
import Video

@testable import Manifests

/// Paths of a manifest stay in its root.
struct ClipRootTests {
  let folder: TemporaryFolder
  private var root: String { folder.path + "/root" }

  init() throws {
    folder = try TemporaryFolder()
    for name in ["root/a.mp4", "root/deep/b.mp4", "root-beside/c.mp4", "outside.mp4"] {
      try folder.write(name)
    }
    #expect(mkfifo(folder.path + "/root/pipe.mp4", 0o600) == 0)
    #expect(symlink("/dev/null", folder.path + "/root/device.mp4") == 0)
    #expect(symlink("../outside.mp4", folder.path + "/root/link.mp4") == 0)
  }

  private func json(_ name: String) throws -> String {
    String(decoding: try JSONEncoder().encode(["path": name, "caption": "x"]), as: UTF8.self) + "\n"
  }

  /// Names that lead out, or to what is no clip; ROOT stands for the root.
  static let escapes: [(name: String, words: String)] =
    [
      "..", "../outside.mp4", "./../outside.mp4", ".//../outside.mp4", "deep/../../outside.mp4",
      "deep/./../../outside.mp4", "deep/../deep/../../outside.mp4", "../root/a.mp4", "../root-beside/c.mp4",
      "deep/../../root/a.mp4", "../../../../../../../../etc/passwd", "a.mp4/../../outside.mp4", "/etc/passwd",
      "//etc/passwd", "/../etc/passwd", "/proc/self/mem", "/dev/zero", "/dev/fd/0", "ROOT/../outside.mp4",
      "ROOT/deep/../../outside.mp4", "ROOT-beside/c.mp4", "/ROOT/../../outside.mp4",
      "nowhere/../../outside.mp4", "....//../../../outside.mp4", "deep/..//../outside.mp4", "/", "/.", "/..",
    ].map { ($0, "leads out of ROOT, the folder that the clips must lie in; move the clip there, or name") }
    + [
      "~/outside.mp4", "file:///etc/passwd", "http://localhost/x.mp4", "concat:a.mp4|b.mp4",
      "..\\outside.mp4",
      "%2e%2e/outside.mp4", "..%2foutside.mp4", "..;/outside.mp4", "．．/outside.mp4", "a.mp4 ", " a.mp4",
      "A.mp4",
      "a.mp4/", "a.mp4/.", "a.mp4/b.mp4", "$HOME/x.mp4", "`id`.mp4", "subfile:a.mp4", "data:,x", "-i",
      "*.mp4",
      "a.mp4\n", "ROOT/none.mp4", "...", "deep/...", "\u{202E}4pm.a", "con.mp4",
    ].map { ($0, "there is no file") }
    + [
      ("deep", "is a folder"), (".", "is a folder"), ("deep/..", "is a folder"), ("./deep/", "is a folder"),
      ("ROOT", "is a folder"), ("pipe.mp4", "is not a regular file"), ("device.mp4", "is not a regular file"),
      ("", "the path is empty"), (String(repeating: "x", count: 300), "cannot be used: File name too long"),
      (String(repeating: "deep/../", count: 1000) + "a.mp4", "cannot be used: File name too long"),
    ]

  @Test(arguments: escapes.indices)
  func isRefused(_ index: Int) throws {
    let (name, words) = Self.escapes[index]
    let path = try folder.write("root/m.jsonl", json(name.replacing("ROOT", with: root)))
    let error = #expect(throws: ManifestError.self) { try Manifest.load(path) }
    let message = error?.description ?? ""
    #expect(
      message.contains("line 1: ") && message.contains(words.replacing("ROOT", with: root)), "\(message)")
    #expect(error?.count == 1)
  }

  @Test(arguments: [
    "a.mp4", "./a.mp4", "deep/../a.mp4", "deep//b.mp4", "ROOT/a.mp4", "ROOT/deep/../a.mp4", "deep/./b.mp4",
  ])
  func isTaken(name: String) throws {
    let path = try folder.write("root/m.jsonl", json(name.replacing("ROOT", with: root)))
    let entry = try Manifest.load(path)[0]
    #expect(entry.file.root == root)
    #expect(try ClipBytes(entry.file).count == 0)
  }

  @Test func aLinkThatLeadsOutIsRefusedWhenItIsOpened() throws {
    let entry = try Manifest.load(folder.write("root/m.jsonl", json("link.mp4")))[0]
    let error = #expect(throws: VideoError.self) { try ClipBytes(entry.file) }
    #expect(error?.reason.contains("leads out of \(root)") == true)
  }

  @Test func relativePathsBeginAtAGivenRoot() throws {
    let path = try folder.write("lists/m.jsonl", json("deep/b.mp4"))
    #expect(try Manifest.load(path, root: root)[0].path == root + "/deep/b.mp4")
    let wrong = #expect(throws: ManifestError.self) { try Manifest.load(path) }
    #expect(wrong?.description.contains("paths are relative to \(folder.path)/lists") == true)
    let none = #expect(throws: ManifestError.self) { try Manifest.load(path, root: root + "/none") }
    #expect(
      none?.description.contains("the root \(root)/none is no folder; name the folder that the clips") == true
    )
  }

  @Test func theRootOfAllLetsClipsLieAnywhere() throws {
    for name in ["../outside.mp4", folder.path + "/outside.mp4"] {
      let entry = try Manifest.load(folder.write("root/m.jsonl", json(name)), root: "/")[0]
      #expect(entry.file.root == nil)
      #expect(try ClipBytes(entry.file).count == 0)
    }
  }

  @Test func aFolderOfClipsMustLieInTheRoot() throws {
    try folder.write("root/a.txt", "a")
    try folder.write("root/deep/b.txt", "b")
    for name in ["pipe.mp4", "device.mp4", "link.mp4"] {
      try FileManager.default.removeItem(atPath: root + "/" + name)
    }
    let manifest = try Manifest.load(root, root: folder.path)
    #expect(manifest.map(\.name) == ["a.mp4", "deep/b.mp4"] && manifest[0].file.root == folder.path)
    let error = #expect(throws: ManifestError.self) {
      try Manifest.load(root, root: folder.path + "/root-beside")
    }
    #expect(
      error?.description.contains("it does not lie in \(folder.path)/root-beside, the folder that") == true)
  }

  @Test func pathsMayBeginAtTheCurrentFolder() throws {
    let here = FileManager.default.currentDirectoryPath
    let root = ClipRoot(folder: "clips", root: nil)
    #expect(root.folder == here + "/clips" && root.limit == root.folder && root.isInside)
    #expect(ClipRoot(folder: ".", root: ".").folder == here)
  }
}
