import Foundation
import Testing

@testable import Files

@Suite struct WholeFileTests {
  /// A folder that goes when the test is done with it.
  private final class Folder {
    let path = NSTemporaryDirectory() + "files-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func text(_ name: String) throws -> String {
      try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }
  }

  @Test func replacesWhatWasThere() throws {
    let folder = try Folder()
    for text in ["first", "and second"] {
      try WholeFile.replace(folder.path + "/a.txt", with: Array(text.utf8))
      #expect(try folder.text("a.txt") == text)
    }
    #expect(folder.names == ["a.txt"])
  }

  @Test func writesAndReadsBack() throws {
    let folder = try Folder()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let image = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { image.deallocate() }
    image.copyBytes(from: bytes)
    try WholeFile.write(UnsafeRawBufferPointer(image), to: folder.path + "/a.bin")
    #expect(FileManager.default.contents(atPath: folder.path + "/a.bin") == Data(bytes))
    #expect(folder.names == ["a.bin"])
  }

  @Test func aFolderInTheWayStaysAndNothingIsLeft() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/a.txt", withIntermediateDirectories: false)
    let error = #expect(throws: Disk.Failure.self) {
      try WholeFile.replace(folder.path + "/a.txt", with: [1])
    }
    #expect(error?.words == "Is a directory")
    #expect(error?.reason == "open says \"Is a directory\"")
    #expect(folder.names == ["a.txt"])
  }

  @Test func aMissingFolderIsNamedByTheSystemsWords() throws {
    let folder = try Folder()
    let error = #expect(throws: Disk.Failure.self) {
      try WholeFile.replace(folder.path + "/none/a.txt", with: [1])
    }
    #expect(error?.reason == "open says \"No such file or directory\"")
  }

  @Test func oneThatIsLetGoLeavesTheOldFile() throws {
    let folder = try Folder()
    let path = folder.path + "/a.txt"
    try WholeFile.replace(path, with: Array("old".utf8))
    do {
      let file = try PartialFile(path)
      try file.write(Array("half".utf8))
      #expect(folder.names == ["a.txt", "a.txt" + PartialFile.ending])
    }
    #expect(try folder.text("a.txt") == "old")
    #expect(folder.names == ["a.txt"])
  }

  @Test func oneThatIsFinishedOpenCanBeWrittenOn() throws {
    let folder = try Folder()
    let file = try PartialFile(folder.path + "/a.txt")
    try file.write(Array("one ".utf8))
    let descriptor = try file.finishOpen()
    #expect(folder.names == ["a.txt"])
    try Disk.real.writeAll(descriptor, Array("two".utf8))
    try Disk.real.close(descriptor)
    #expect(try folder.text("a.txt") == "one two")
  }

  /// What a process that was killed left is no obstacle, and none of it gets into the new file.
  @Test func whatWasLeftBehindIsEmptied() throws {
    let folder = try Folder()
    let path = folder.path + "/a.txt"
    try Data("left behind, and long".utf8).write(to: URL(fileURLWithPath: path + PartialFile.ending))
    try WholeFile.replace(path, with: Array("new".utf8))
    #expect(try folder.text("a.txt") == "new")
    #expect(folder.names == ["a.txt"])
  }

  @Test(arguments: [("/a", "/"), ("/a/b", "/a"), ("a/b", "a"), ("a", ".")])
  func theFolderOfAPath(_ example: (path: String, folder: String)) {
    #expect(folder(of: example.path) == example.folder)
  }
}
