import Foundation
import Training

/// `metrics.jsonl` of a run: a JSON object a line for each step and each validation.
public final class MetricsLog {
  private let file: FileHandle

  /// Opens the log of a run that goes on from `step`: lines of later steps, from before it was stopped, are dropped.
  public init(path: String, from step: Int) throws {
    var kept = Data()
    if step > 0, let old = FileManager.default.contents(atPath: path) {
      for line in old.split(separator: UInt8(ascii: "\n")) {
        guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
          let number = object["step"] as? Int, number <= step
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

  /// A line for a validation.
  public func add(step: Int, heldOut: [(condition: String, loss: Double)]) throws {
    let finite = heldOut.filter(\.loss.isFinite)  // JSON has no word for the others
    var line: [String: Any] = [
      "step": step, "heldOut": Dictionary(uniqueKeysWithValues: finite.map { ($0.condition, $0.loss) }),
    ]
    if !finite.isEmpty { line["heldOutLoss"] = finite.reduce(0) { $0 + $1.loss } / Double(finite.count) }
    try write(line)
  }

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
