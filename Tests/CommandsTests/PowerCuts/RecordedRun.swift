import Foundation
import TestPrograms
import Testing

/// A run of training that stops, goes on and ends, with all that it did to the disk.
final class RecordedRun {
  let record: DiskRecord
  /// The folder whose changes are recorded; the run's lies two folders below it, both of which the run makes.
  let root: String
  /// The run's folder below the root.
  let run = "runs/first"
  /// The state's hash at the end.
  let hash: String
  private let bench: Workbench

  /// What the command says when it has saved a checkpoint: from then on nothing may cost it.
  struct Promise {
    /// The calls before.
    let calls: Int
    /// The checkpoint, below the root.
    let path: String
  }

  init() throws {
    bench = try Workbench(steps: 10)
    let place = URL(fileURLWithPath: bench.path).resolvingSymlinksInPath().path
    (root, log) = (place + "/disk", place + "/record")
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let library = TestProgram.path("libDiskRecorder.so")
    try #require(FileManager.default.fileExists(atPath: library), "\(library) is not built")
    let environment = ["LD_PRELOAD": library, "VFM_RECORD": log, "VFM_RECORD_FOLDER": root]
    let command = Self.command(bench.recipe, output: root + "/" + run)
    // At a step that is not due: its checkpoint goes when the next one is there.
    let stopped = try vfm(command + ["--stop-after", "3"], environment: environment)
    try #require(stopped.code == 75, "\(stopped.errors)")
    let ended = try vfm(command, environment: environment)
    try #require(ended.code == 0, "\(ended.errors)")
    hash = try #require(ended.json["hash"] as? String)
    record = try DiskRecord([UInt8](Data(contentsOf: URL(fileURLWithPath: log))))
  }

  private let log: String

  private static func command(_ recipe: String, output: String) -> [String] {
    let keys = [
      "training.keepCheckpoints=2", "training.validateEvery=2", "training.validationClips=2",
      "evaluation.keepBest=true",
      // As small as can be: each of its checkpoints is read thousands of times.
      "tokenizer.kind=words", "textEncoder.width=8", "textEncoder.feedForward=12", "model.width=12",
      "model.depth=1", "model.frequencyWidth=8", "model.patch=[1,4,4]",
    ].flatMap { ["--set", $0] }
    return ["vfm-train", "pretrain", recipe, "--json", "--output", output] + keys
  }

  /// Lets a run go on from what is left of it.
  func goOn(in folder: String) throws -> CommandResult {
    try vfm(Self.command(bench.recipe, output: folder + "/" + run))
  }

  /// All promises, in their order.
  var promises: [Promise] {
    var found: [Promise] = []
    for (index, call) in record.calls.enumerated() {
      guard case .say(let words) = call else { continue }
      for line in words.split(separator: "\n") where line.contains(": saved \(root)/") {
        let path = line[line.range(of: root + "/")!.upperBound...]
        found.append(Promise(calls: index, path: String(path)))
      }
    }
    return found
  }
}
