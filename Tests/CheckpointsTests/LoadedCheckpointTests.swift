import Testing

@testable import Checkpoints

@Test func theSameModelIsAccepted() throws {
  let folder = try TemporaryFolder()
  try CheckpointFile.write(sample(), to: folder.path + "/a.h5")
  let loaded = try CheckpointFile.read(folder.path + "/a.h5")
  try loaded.require(sample().groups["parameters"]!.map { ($0.name, $0.shape) }, in: "parameters")
}

@Test func anotherModelIsDescribed() throws {
  let folder = try TemporaryFolder()
  try CheckpointFile.write(sample(), to: folder.path + "/a.h5")
  let loaded = try CheckpointFile.read(folder.path + "/a.h5")
  var expected = (0..<12).map { (name: "blocks.\($0 + 20).weight", shape: [2]) }
  expected.append(("scale_shift_table", [1, 6, 3]))
  let error = #expect(throws: CheckpointError.self) { try loaded.require(expected, in: "parameters") }
  let message = try #require(error).description
  #expect(error?.kind == .unfitInput)
  #expect(message.contains("missing: blocks.20.weight, "))
  #expect(message.contains("blocks.27.weight, and 4 more; "))
  #expect(message.contains("not expected: blocks.0.attn1.to_q.bias, "))
  #expect(
    message.contains("of another shape: scale_shift_table is [1, 2, 3] instead of [1, 6, 3]; use the recipe"))
}

@Test func anAbsentTensorIsNamed() throws {
  let folder = try TemporaryFolder()
  try CheckpointFile.write(sample(), to: folder.path + "/a.h5")
  let loaded = try CheckpointFile.read(folder.path + "/a.h5")
  #expect(loaded.names(in: "firstMoment").isEmpty)
  let error = #expect(throws: CheckpointError.self) { try loaded.tensor("x", in: "firstMoment") }
  #expect(error?.description.contains("x is missing") == true)
}

/// No run saves such values, so no command computes with them.
@Test(arguments: [Float.nan, .infinity, -.infinity]) func valuesThatAreNotFiniteAreNamed(value: Float) throws
{
  let folder = try TemporaryFolder()
  var contents = CheckpointContents()
  contents.groups["average"] = [TensorRecord(name: "a.weight", shape: [2, 2], values: [1, 2, value, 4])]
  try CheckpointFile.write(contents, to: folder.path + "/a.h5")
  let loaded = try CheckpointFile.read(folder.path + "/a.h5")
  let error = #expect(throws: CheckpointError.self) { try loaded.tensor("a.weight", in: "average") }
  #expect(
    error?.description.contains("average/a.weight has values that are infinite or not a number") == true)
}
