import Foundation
import SyntheticClips
import TestPrograms

/// What a command did.
struct CommandResult {
  let code: Int32
  let output: String
  let errors: String
  /// The last line of standard output as JSON.
  var json: [String: Any] {
    let object = try? JSONSerialization.jsonObject(with: Data(output.utf8))
    return object as? [String: Any] ?? [:]
  }
}

/// Runs a command to its end.
/// - Parameters:
///   - arguments: the first one is a program that is built beside the tests, or the path of another.
///   - limit: a size in kilobytes beyond which no file can grow.
///   - number: a signal that the command is started with ignored.
///   - descriptors: standard streams that it is started without.
@discardableResult
func vfm(
  _ arguments: [String], in folder: String? = nil, limit: Int? = nil, environment: [String: String] = [:],
  errorsTo device: String? = nil, outputTo outputDevice: String? = nil, ignoring number: Int32? = nil,
  closing descriptors: [Int] = [],
  whileRunning: ((Process) -> Void)? = nil
) throws -> CommandResult {
  let process = Process()
  let tool = arguments[0].hasPrefix("/") ? arguments[0] : TestProgram.path(arguments[0])
  var script = ""
  // Without the signal a write beyond the limit fails as on a full disk.
  if let limit { script += "trap '' XFSZ; ulimit -f \(limit); " }
  if let number { script += "trap '' \(number); " }
  if !script.isEmpty || !descriptors.isEmpty {
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    script += "exec \"$0\" \"$@\"" + descriptors.map { " \($0)>&-" }.joined()
    process.arguments = ["-c", script, tool] + arguments.dropFirst()
  } else {
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = Array(arguments.dropFirst())
  }
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let base = NSTemporaryDirectory() + "vfm-command-" + UUID().uuidString
  let (out, err) = (base + ".out", base + ".err")
  for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
  defer { for path in [out, err] { try? FileManager.default.removeItem(atPath: path) } }
  process.standardOutput = FileHandle(forWritingAtPath: outputDevice ?? out)
  process.standardError = FileHandle(forWritingAtPath: device ?? err)
  process.standardInput = FileHandle.nullDevice
  try process.run()
  whileRunning?(process)
  process.waitUntilExit()
  func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
  return CommandResult(code: process.terminationStatus, output: text(out), errors: text(err))
}

/// A folder with a small embedded set and a recipe that trains on it in seconds; it goes with the test.
final class Workbench {
  let path = NSTemporaryDirectory() + "vfm-bench-" + UUID().uuidString
  var recipe: String { path + "/recipe.json" }
  var output: String { path + "/run" }

  init(steps: Int = 4) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try SyntheticSet.write(
      to: path + "/set", SyntheticSettings(clips: 20, seed: 3, width: 16, height: 16, frames: 4))
    try write(
      """
      {
        "seed": 5,
        "data": { "train": "\(path)/set/train.jsonl", "validation": "\(path)/set/validation.jsonl",
          "frames": 4, "height": 16, "width": 16, "frameRate": 8 },
        "textEncoder": { "width": 16, "depth": 1, "heads": 2, "feedForward": 24 },
        "model": { "width": 24, "depth": 2, "heads": 2, "patch": [2, 8, 8], "frequencyWidth": 16 },
        "objective": { "prediction": "x0" },
        "training": { "steps": \(steps), "batchSize": 4, "checkpointEvery": 2, "sampleEvery": 0, "validateEvery": 0 },
        "samples": { "prompts": ["a red circle moves left"], "steps": 2 }
      }
      """, to: "recipe.json")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
  }

  func pretrain(_ more: String..., output: String? = nil) throws -> CommandResult {
    try vfm(["vfm-train", "pretrain", recipe, "--output", output ?? self.output] + more)
  }

  /// A trained run's newest checkpoint.
  func trained() throws -> String {
    let result = try pretrain()
    precondition(result.code == 0, result.errors)
    return output + "/checkpoints/step-00000004.h5"
  }
}
