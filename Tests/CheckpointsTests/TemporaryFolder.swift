import Foundation

@testable import Checkpoints

/// A folder that goes when the test ends.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array((NSTemporaryDirectory() + "/checkpoints-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.ENOENT) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names in the folder, sorted.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  /// Writes bytes to a file in the folder and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A small training state that differs from step to step.
func sample(step: Int = 500) -> CheckpointContents {
  func tensor(_ name: String, _ shape: [Int], _ start: Float) -> TensorRecord {
    TensorRecord(
      name: name, shape: shape,
      values: (0..<shape.reduce(1, *)).map { start + Float($0) * 0.125 + Float(step) })
  }
  return CheckpointContents(
    groups: [
      "parameters": [
        tensor("blocks.0.attn1.to_q.weight", [6, 5], 1), tensor("blocks.0.attn1.to_q.bias", [6], 2),
        tensor("blocks.10.norm.weight", [1], 3), tensor("scale_shift_table", [1, 2, 3], 4),
      ],
      "average": [tensor("scale_shift_table", [1, 2, 3], -4)],
    ],
    attributes: [
      "step": .integer(step), "seed": .integer(-7), "learningRate": .number(0.1),
      "recipe": .text("{\"ü\": 1}"),
    ])
}

/// The bytes of the file of some contents.
func fileBytes(_ contents: CheckpointContents) throws -> [UInt8] {
  try CheckpointFile.encode(contents).withUnsafeBytes { Array($0) }
}
