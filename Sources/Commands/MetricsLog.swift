import Foundation
import Training

/// `metrics.jsonl` of a run: a JSON object a line for each step and each validation.
public final class MetricsLog {
  private let file: FileHandle

  /// Opens the log of a run that goes on from `step`: lines of later steps, from before it was stopped, are
  /// dropped, and so are changes that were made at this very step: the checkpoint does not know of them.
  public init(path: String, from step: Int) throws {
    var kept = Data()
    if step > 0, let old = FileManager.default.contents(atPath: path) {
      for line in old.split(separator: UInt8(ascii: "\n")) {
        guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
          let number = object["step"] as? Int, number < step || number == step && object["changed"] == nil
        else { continue }
        kept += line + [UInt8(ascii: "\n")]
      }
    }
    guard FileManager.default.createFile(atPath: path, contents: kept),
      let file = FileHandle(forWritingAtPath: path)
    else {
      throw Failure(.cannotCreate, "Cannot write \(path); give an --output folder that you may write to.")
    }
    self.file = file
    try file.seekToEnd()
  }

  /// A line for a step of a model with so many parameters.
  public func add(_ report: StepReport, parameters: Int) throws {
    let figures = StepFigures([report])
    var line: [String: Any] = [
      "step": report.step, "parameters": parameters, "learningRate": report.learningRate,
      "clipsPerSecond": figures.clipsPerSecond,
      "gflops": figures.gflops, "waiting": figures.waiting, "seconds": report.seconds,
    ]
    if report.loss.isFinite { line["loss"] = report.loss }
    if report.gradientNorm.isFinite { line["gradientNorm"] = report.gradientNorm }
    if !report.loss.isFinite || !report.gradientNorm.isFinite { line["refused"] = true }
    try write(line)
  }

  /// A line for a look at held-out clips, with how far each block's weights have moved from the base's, if there is one.
  public func add(_ report: HeldOutReport, changes: [WeightChange]) throws {
    var line: [String: Any] = ["step": report.step]
    for (key, evaluations) in [("heldOut", report.heldOut), ("remembered", report.remembered)] {
      guard let first = evaluations.first else { continue }
      // JSON has no word for numbers that are not finite.
      line[key] = Dictionary(
        first.figures.filter(\.value.isFinite).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      if let loss = first.loss, loss.isFinite { line[key + "Loss"] = loss }
      for other in evaluations.dropFirst() {
        line["\(key): \(other.title)"] = Dictionary(
          other.figures.filter(\.value.isFinite).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      }
    }
    if let list = report.heldOutList { line["heldOutList"] = list }
    if let list = report.rememberedList { line["rememberedList"] = list }
    if !changes.isEmpty {
      line["weightChange"] = Dictionary(
        changes.filter(\.relative.isFinite).map { ($0.block, $0.relative) }, uniquingKeysWith: { $1 })
    }
    try write(line)
  }

  /// A line for keys of the recipe that were changed before the run went on.
  public func add(step: Int, changed: [String]) throws { try write(["step": step, "changed": changed]) }

  private func write(_ object: [String: Any]) throws {
    do {
      let data = try JSONSerialization.data(
        withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
      try file.write(contentsOf: data + [UInt8(ascii: "\n")])
    } catch {
      throw Failure(
        .inputOutput, "Cannot write metrics.jsonl: \(error.localizedDescription); free some disk space.")
    }
  }
}
