import Foundation
import Testing

@testable import Checkpoints

@Test func aCheckpointComesBackAsItWas() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/a.h5"
  var contents = sample()
  contents.groups["shapes"] = [
    TensorRecord(name: "single", shape: [], values: [.leastNonzeroMagnitude]),
    TensorRecord(name: "none", shape: [3, 0, 2], values: []),
    TensorRecord(name: "ones", shape: [1, 1, 1, 1, 1, 1, 1, 1], values: [-0.0]),
    TensorRecord(name: "many.pieces", shape: [3, 1031, 701], values: (0..<3 * 1031 * 701).map { Float($0) }),
  ]
  contents.groups["nothing"] = []
  contents.attributes["long"] = .text(String(repeating: "long text ", count: 20_000))
  contents.attributes["empty"] = .text("")
  contents.attributes["extreme"] = .integer(.min)
  try CheckpointFile.write(contents, to: path)
  let loaded = try CheckpointFile.read(path)

  #expect(loaded.attributes == contents.attributes)
  #expect(loaded.warnings.isEmpty)
  #expect(loaded.groupNames == ["average", "nothing", "parameters", "shapes"])
  for (group, tensors) in contents.groups {
    #expect(loaded.names(in: group) == tensors.map(\.name).inByteOrder())
    for tensor in tensors {
      let (shape, values) = try loaded.tensor(tensor.name, in: group)
      #expect(shape == tensor.shape)
      #expect(values.elementsEqual(tensor.values) { $0.bitPattern == $1.bitPattern }, "\(tensor.name)")
    }
  }
  #expect(folder.names == ["a.h5"])
}

@Test func equalContentsGiveEqualBytes() throws {
  var shuffled = sample()
  shuffled.groups["parameters"]?.reverse()
  #expect(try fileBytes(sample()) == fileBytes(shuffled))
  #expect(try fileBytes(sample()) != fileBytes(sample(step: 501)))
}

@Test func writingReplacesWhatWasThere() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/a.h5"
  try CheckpointFile.write(sample(step: 1), to: path)
  try CheckpointFile.write(sample(step: 2), to: path)
  #expect(try CheckpointFile.read(path).attributes["step"] == .integer(2))
}

@Test func checkpointsReadSideBySideDoNotMix() async throws {
  let folder = try TemporaryFolder()
  let path = folder.path
  for step in 1...20 { try CheckpointFile.write(sample(step: step), to: path + "/\(step).h5") }
  let loaded = try (1...20).map { try CheckpointFile.read(path + "/\($0).h5") }
  await withTaskGroup { group in
    for (index, checkpoint) in loaded.enumerated() {
      group.addTask {
        #expect(try! stateHash(of: checkpoint) == stateHash(of: sample(step: index + 1)))
        #expect(try! fileBytes(sample(step: index + 1)).count > 512)
      }
    }
  }
}

@Test func theEstimateIsClose() throws {
  let values = [Float](repeating: 1, count: 40_000)
  let tensors = (0..<300).map {
    TensorRecord(name: "blocks.\($0).weight", shape: [200, 200], values: values)
  }
  let contents = CheckpointContents(groups: ["parameters": tensors])
  let size = try CheckpointFile.encode(contents).byteCount
  let estimate = CheckpointFile.estimatedByteCount(tensors: 300, floats: 300 * 40_000)
  #expect(abs(size - estimate) < size / 50)
}

@Test func namesThatCannotBeStoredTrap() async {
  await #expect(processExitsWith: .failure) {
    let tensors = ["a", "a.b"].map { TensorRecord(name: $0, shape: [1], values: [0]) }
    _ = try CheckpointFile.encode(CheckpointContents(groups: ["parameters": tensors]))
  }
}

/// Each wrong input, the words of its message, and its kind.
@Test(
  arguments: [
    ("missing", "There is no checkpoint", CheckpointError.Kind.missingInput),
    ("folder", "it is not a file", .missingInput),
    ("empty", "it is empty", .unfitInput),
    ("text", "it is not an HDF5 file", .unfitInput),
    ("cut", "it is cut off, 3000 of", .unfitInput),
    ("cutInSeal", "it is cut off after 100 bytes", .unfitInput),
    ("longer", "bytes too many", .unfitInput),
    ("flipped", "its content does not match its SHA-256 checksum", .unfitInput),
    ("noSeal", "its first 512 bytes are not those of a checkpoint", .unfitInput),
  ])
func badInputIsNamed(_ name: String, _ words: String, _ kind: CheckpointError.Kind) throws {
  let folder = try TemporaryFolder()
  var bytes = try fileBytes(sample())
  let path = folder.path + "/" + name
  switch name {
  case "missing": break
  case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  case "empty": bytes = []
  case "text": bytes = Array("Just some words.".utf8)
  case "cut": bytes.removeLast(bytes.count - 3000)
  case "cutInSeal": bytes.removeLast(bytes.count - 100)
  case "longer": bytes.append(0)
  case "flipped": bytes[bytes.count / 2] ^= 1
  default: bytes.replaceSubrange(0..<512, with: repeatElement(0, count: 512))
  }
  if !["missing", "folder"].contains(name) { _ = try folder.file(name, bytes) }
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.read(path) }
  #expect(error?.kind == kind)
  let message = error?.description ?? ""
  #expect(message.contains(words) && message.contains(path) && message.hasSuffix("."), "\(message)")
}

@Test func anUnwritablePlaceIsNamed() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/absent/a.h5"
  let error = #expect(throws: CheckpointError.self) { try CheckpointFile.write(sample(), to: path) }
  #expect(error?.kind == .cannotCreate)
  #expect(error?.description.contains("No such file or directory") == true)
}
