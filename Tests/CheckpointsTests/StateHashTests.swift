import Testing

@testable import Checkpoints

@Test func theHashIsTheSameForMemoryAndFile() throws {
  let folder = try TemporaryFolder()
  try CheckpointFile.write(sample(), to: folder.path + "/a.h5")
  let loaded = try CheckpointFile.read(folder.path + "/a.h5")
  let hash = stateHash(of: sample())
  #expect(try stateHash(of: loaded) == hash)
  #expect(hash.count == 64)
}

@Test func theHashSeesOnlyTheState() {
  let before = stateHash(of: sample())
  var contents = sample()
  contents.attributes["recipe"] = .text("another")
  contents.groups["parameters"]?.reverse()
  #expect(stateHash(of: contents) == before)
}

@Test(arguments: ["step", "value", "sign of zero", "name", "shape", "group", "missing"])
func theHashSeesEveryChangeOfState(_ change: String) {
  var contents = sample()
  let first = contents.groups["parameters"]![0]
  func replaced(_ name: String, _ shape: [Int], _ values: [Float]) {
    contents.groups["parameters"]![0] = TensorRecord(name: name, shape: shape, values: values)
  }
  var values = Array(first.values)
  var before = stateHash(of: contents)
  switch change {
  case "step": contents.attributes["step"] = .integer(501)
  case "value":
    values[7] = values[7].nextUp
    replaced(first.name, first.shape, values)
  case "sign of zero":
    values[7] = 0
    replaced(first.name, first.shape, values)
    before = stateHash(of: contents)
    values[7] = -0.0
    replaced(first.name, first.shape, values)
  case "name": replaced(first.name + "s", first.shape, values)
  case "shape": replaced(first.name, first.shape.reversed(), values)
  case "group":
    contents.groups["firstMoment"] = contents.groups["average"]
    contents.groups["average"] = nil
  default: contents.groups["parameters"]!.removeLast()
  }
  #expect(stateHash(of: contents) != before)
}
