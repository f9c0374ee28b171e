import ArgumentParser
import Checkpoints
import Commands
import Files
import Foundation
import Training

/// Makes a whole checkpoint of an adapter and its base.
struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make whole weights of an adapter and its base: a checkpoint that needs no other file.",
    discussion: """
      W + alpha/rank · B A takes the place of each adapted weight, in float32; tables get their new rows. The averaged weights \
      are taken. The result can be sampled, evaluated and fine-tuned; it holds no state to go on training from.
      """)

  @Argument(
    help: "An adapter's checkpoint, or its run's folder for the newest one.",
    completion: .file(extensions: ["h5"]))
  var adapter: String
  @Option(help: "The base that it was trained on (default: where it lay then, or beside the adapter).")
  var base: String?
  @Option(help: "The checkpoint to write.", completion: .file(extensions: ["h5"]))
  var output: String
  @OptionGroup var isolation: IsolateOption

  func run() throws {
    try reportingFailures {
      let model = try Inputs.model(adapter, base: base, isolate: isolation.isOn)
      guard model.blueprint.recipe.start.isAdapter else {
        throw Failure(.unfitInput, "\(model.path) is no adapter: it holds whole weights already.")
      }
      try OutputFile.check(output, "--output", endings: [".h5"])
      let folder = URL(fileURLWithPath: output).deletingLastPathComponent()
      if ["checkpoints", "best"].contains(folder.lastPathComponent) {
        throw Failure(
          .cannotCreate,
          "--output \(output) lies among the checkpoints of a run, which would go on from it; name a file elsewhere."
        )
      }
      for input in [model.path, model.blueprint.base?.path, base].compactMap({ $0 })
      where FileIdentity.isOneFile(output, input) {
        throw Failure(
          .cannotCreate, "--output \(output) is what would be merged; name another file, for both are needed."
        )
      }
      try CheckpointFile.write(model.merged(), to: output)
      try printResult(output)
    }
  }
}
