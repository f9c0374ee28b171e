import Foundation
import Hashing
import Manifests
import Testing

@testable import Training

/// The list of a run's clips, held against that of another day.
struct ClipListTests {
  private let folder = NSTemporaryDirectory() + "vfm-clip-list-" + UUID().uuidString

  private func list(_ rows: [String]) throws -> ClipList {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/m.csv"
    try ("path,caption\n" + rows.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    for name in ["a.mp4", "b.mp4"] {
      FileManager.default.createFile(atPath: folder + "/" + name, contents: Data([1]))
    }
    return ClipList(try Manifest.load(path), index: nil)
  }

  /// Earlier versions kept line breaks and runs of spaces in captions.
  @Test func spacesBetweenWordsAreNoChange() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let then = folder + "/clips.jsonl"
    let now = try list(["a.mp4,one red ball", "b.mp4,two balls"])
    let old = #"""
      {"path":"a.mp4","caption":"one  red\nball ","bytes":1}
      {"path":"b.mp4","caption":"two balls","bytes":1}

      """#
    try old.write(toFile: then, atomically: true, encoding: .utf8)
    let digest = Data(old.utf8).withUnsafeBytes { SHA256.hex(of: $0) }
    #expect(try now.changes(since: then, digest: digest) == nil)
    let other = try list(["a.mp4,one redball", "b.mp4,two balls"])
    let changes = try #require(try other.changes(since: then, digest: digest))
    #expect(changes.count == 1 && changes.first[0].hasPrefix("a.mp4: its caption was "), "\(changes.first)")
    // Nor do they hide another order.
    let turned = try list(["b.mp4,two balls", "a.mp4,one red ball"])
    let order = try #require(try turned.changes(since: then, digest: digest))
    #expect(order.first[0].contains("another order: clip 1 was a.mp4 and is b.mp4"), "\(order.first)")
  }

  @Test func anotherClassIsAChangeWhereClassesAreLearned() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func list(_ rows: String, from labels: LabelSource?) throws -> ClipList {
      _ = try self.list(["a.mp4,x"])
      try ("path,caption,label\n" + rows).write(toFile: folder + "/m.csv", atomically: true, encoding: .utf8)
      return ClipList(try Manifest.load(folder + "/m.csv"), index: nil, labels: labels)
    }
    let then = folder + "/clips.jsonl"
    let digest = try list("a.mp4,,up\nb.mp4,,down\n", from: .label).write(to: then)
    #expect(try list("a.mp4,,up\nb.mp4,,down\n", from: .label).changes(since: then, digest: digest) == nil)
    let swapped = try list("a.mp4,,down\nb.mp4,,up\n", from: .label).changes(since: then, digest: digest)
    #expect(
      swapped?.first == [
        "a.mp4: its class was \"up\" and is \"down\"", "b.mp4: its class was \"down\" and is \"up\"",
      ])
    // A run that learns no classes does not care.
    let other = try list("a.mp4,,up\nb.mp4,,down\n", from: nil).write(to: then)
    #expect(try list("a.mp4,,down\nb.mp4,,up\n", from: nil).changes(since: then, digest: other) == nil)
  }
}
