import Checkpoints
import Foundation
import TestClips
import Testing

@testable import Features

struct FeatureFileTests {
  private let features = ClipFeatures(
    identity: MadeUpFeatures.identity(time: 0.3, pool: .tokens),
    origin: MadeUpFeatures.origin(shard: FeatureShard(number: 2, count: 3)!),
    clips: [
      ClipFeatures.Clip(place: 7, name: "a b/über.mp4", start: 0.25, label: "jump"),
      ClipFeatures.Clip(place: 9, name: "x", end: 1e-3),
    ], unreadable: ["bad.mp4"], tokens: 2, width: 3,
    values: [1, 2, 3, -4, 5, 6, 7, 8, 9, 1e-30, .infinity, -0.0])

  private func expectEqual(_ a: ClipFeatures, _ b: ClipFeatures) {
    #expect(a.identity == b.identity && a.origin == b.origin && a.clips == b.clips)
    #expect(a.unreadable == b.unreadable && a.tokens == b.tokens && a.width == b.width)
    #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern))
  }

  @Test(arguments: ["f.h5", "f.safetensors"])
  func whatIsWrittenIsRead(name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + name
    try FeatureFile.write(features, to: path)
    expectEqual(try FeatureFile.read(path), features)
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    try FeatureFile.write(features, to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
    let none = MadeUpFeatures.vectors([])
    try FeatureFile.write(none, to: path)
    expectEqual(try FeatureFile.read(path), none)
  }

  /// As the format says: eight bytes of length, JSON, values at multiples of eight bytes.
  @Test func safetensorsIsLaidOutAsThatFormatIs() throws {
    let bytes = try features.stored.safetensors()
    let length = Int(bytes[0]) + 256 * Int(bytes[1])
    #expect(bytes[2..<8].allSatisfy { $0 == 0 } && length % 8 == 0)
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as? [String: [String: Any]])
    #expect(header["__metadata__"]?["time"] as? String == "0.3")
    let entry = try #require(header["features"])
    #expect(entry["dtype"] as? String == "F32" && entry["shape"] as? [Int] == [2, 2, 3])
    let offsets = try #require(entry["data_offsets"] as? [Int])
    #expect(offsets[1] - offsets[0] == 48)
    let value = bytes[(8 + length + offsets[0])...].prefix(4).reversed().reduce(UInt32(0)) {
      $0 << 8 | UInt32($1)
    }
    #expect(Float(bitPattern: value) == 1)
    let ends = header.filter { $0.key != "__metadata__" }.compactMap {
      ($0.value["data_offsets"] as? [Int])?[1]
    }
    #expect(ends.max() == bytes.count - 8 - length)
  }

  @Test(arguments: ["f.h5", "f.safetensors"])
  func anyChangedOrMissingByteOfTheValuesIsFound(name: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + name
    try FeatureFile.write(features, to: path)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let pattern = [UInt8]("über".utf8)
    let name = try #require(whole.indices.first { whole[$0...].starts(with: pattern) })
    for change in [{ (bytes: inout [UInt8]) in bytes[name] ^= 1 }, { $0.removeLast(40) }] {
      var bytes = whole
      change(&bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let error = words { try FeatureFile.read(path) }
      #expect(error.contains("damaged") && error.contains(path), "\(error)")
    }
  }

  @Test func otherFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("notes.h5", "these are no features at all")
    #expect(words { try FeatureFile.read(text) }.contains("is no file of features"))
    let tiny = try folder.write("tiny.h5", "x")
    #expect(words { try FeatureFile.read(tiny) }.contains("neither HDF5 nor safetensors"))
    let checkpoint = folder.path + "/c.h5"
    try CheckpointFile.write(CheckpointContents(groups: [:], attributes: [:]), to: checkpoint)
    #expect(words { try FeatureFile.read(checkpoint) }.contains("is no file of features"))
    #expect(words { try FeatureFile.read(folder.path + "/none.h5") }.contains("There is no file"))
    #expect(words { try FeatureFile.read(folder.path) }.contains("There is no file"))
    #expect(
      words { try FeatureFile.write(features, to: folder.path + "/none/f.h5") }.contains("Cannot create"))
  }
}
