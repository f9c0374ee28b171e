import Foundation
import Testing

@testable import Checkpoints

/// The folder of committed files; `make_fixtures.py` in it says where they come from.
private let fixtures =
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures").path

@Test(
  arguments: [
    ("wan.h5", "outputs/sample", [2, 3, 4, 6, 8], "blocks.1.attn2.norm_k.weight", [32]),
    ("wan_frames.h5", "inputs/timestep", [2, 48], "scale_shift_table", [1, 2, 32]),
    ("t5.h5", "outputs/hidden", [2, 9, 24], "encoder.block.1.layer.1.DenseReluDense.wi_0.weight", [40, 24]),
    ("umt5.h5", "outputs/hidden", [2, 9, 24], "shared.weight", [384, 24]),
  ])
func theFixturesOfPyTorchOpen(
  _ name: String, _ dataset: String, _ shape: [Int], _ parameter: String, _ parameterShape: [Int]
) throws {
  let file = try TensorFile(fixtures + "/" + name)
  #expect(file.shape(dataset) == shape)
  #expect(file.shape("parameters/" + parameter) == parameterShape)
  #expect(file.attributes["num_layers"] == .integer(2))
  let parameters = file.names.filter { $0.hasPrefix("parameters/") }
  #expect(parameters.count > 10)
  for parameter in parameters {
    let gradient = "gradients/" + parameter.dropFirst("parameters/".count)
    #expect(file.shape(gradient) == file.shape(parameter))
    for name in [parameter, gradient] {
      let values = try file.floats(name)
      #expect(values.count == file.shape(name)?.reduce(1, *))
      #expect(values.allSatisfy { $0.isFinite } && values.contains { $0 != 0 }, "\(name)")
    }
  }
}

@Test func integersAndDoublesAreReadAsAsked() throws {
  let file = try TensorFile(fixtures + "/t5.h5")
  let mask = try file.integers("inputs/mask")
  #expect(mask == Array(repeating: 1, count: 15) + [0, 0, 0])
  #expect(try file.doubles("inputs/mask") == mask.map { Double($0) })
  #expect(try file.floats("inputs/mask") == mask.map { Float($0) })
}

@Test func anUnknownDatasetIsNamed() throws {
  let file = try TensorFile(fixtures + "/t5.h5")
  let error = #expect(throws: CheckpointError.self) { try file.floats("inputs/nothing") }
  #expect(error?.description.contains("it has no dataset inputs/nothing") == true)
}

@Test func otherFilesAreRefused() throws {
  let error = #expect(throws: CheckpointError.self) { try TensorFile(fixtures + "/make_fixtures.py") }
  #expect(error?.kind == .unfitInput)
  #expect(error?.description.contains("it is not an HDF5 file") == true)
}

/// A file of each released version of the format is kept, so that old checkpoints stay loadable.
/// `checkpoint-format-1.h5` was written by `CheckpointFile.write(sample(), to:)` of version 1.
@Test func aCheckpointOfVersion1StaysLoadable() throws {
  let loaded = try CheckpointFile.read(fixtures + "/checkpoint-format-1.h5")
  #expect(loaded.warnings.isEmpty)
  #expect(loaded.attributes == sample().attributes)
  #expect(try stateHash(of: loaded) == "60688a150f55c589e706e987c74d1a3d76dbb17c1c3e42b738c53c52dd3d1301")
  #expect(stateHash(of: sample()) == "60688a150f55c589e706e987c74d1a3d76dbb17c1c3e42b738c53c52dd3d1301")
}
