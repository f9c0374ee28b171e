import Files
import Foundation
import Training

/// `metrics.jsonl` of a run: a JSON object a line for each step and each validation.
public final class MetricsLog {
  private var file: Int32
  private let path: String

  /// Opens the log of a run that goes on from `step`: lines of later steps, from before it was stopped, are
  /// dropped, and so are changes that were made at this very step: the checkpoint does not know of them.
  public init(path: String, from step: Int) throws {
    self.path = path
    do {
      if step == 0 {
        try WholeFile.replace(path, with: [])
      } else {
        try Self.drop(from: step, of: path)
      }
    } catch {
      throw Failure(
        error.isFull || error.code == EIO ? .inputOutput : .cannotCreate,
        "Cannot write \(path): \(error.words); give an --output folder that you may write to, or make room.")
    }
    file = try Self.open(path)
  }

  private static func open(_ path: String) throws -> Int32 {
    let file = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw Failure(
        .cannotCreate,
        "Cannot write \(path): \(systemWords(errno)); give an --output folder that you may write to.")
    }
    return file
  }

  /// Drops the lines of later steps: the run went back.
  public func goBack(to step: Int) throws {
    do {
      try Self.drop(from: step, of: path, keepingChanges: true)
    } catch {
      throw Failure(.inputOutput, "Cannot write \(path): \(error.words); make room there.")
    }
    let new = try Self.open(path)
    close(file)
    file = new
  }

  deinit { close(file) }

  /// Keeps the lines of earlier steps. Most runs have written none of later ones, and then nothing is written.
  private static func drop(
    from step: Int, of path: String, keepingChanges: Bool = false
  ) throws(Disk.Failure) {
    guard let old = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return }
    var kept: [UInt8] = []
    var (isWhole, place) = (true, 0)
    old.withUnsafeBytes { bytes in
      while place < bytes.count {
        let end = MetricsLine.end(in: bytes, from: place)
        let line = MetricsLine(UnsafeRawBufferPointer(rebasing: bytes[place..<end]))
        if let number = line.step, number < step || number == step && (keepingChanges || !line.tellsChanges) {
          if !isWhole { kept += bytes[place..<end] }
        } else if isWhole {
          (isWhole, kept) = (false, Array(bytes[..<place]))
        }
        place = end
      }
    }
    if !isWhole { try WholeFile.replace(path, with: kept) }
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
    if report.isRefused { line["refused"] = true }
    if let shape = report.shape { line["shape"] = shape.name }
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
      // That the figures are shares, beside a loss of a name of its own.
      if first.scale == .shares { line[key + "LossName"] = first.lossName }
      for other in evaluations.dropFirst() {
        line["\(key): \(other.title)"] = Dictionary(
          other.figures.filter(\.value.isFinite).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      }
    }
    // Where checkpoints are not chosen by the loss.
    if let choice = report.choice, choice.isFinite, report.heldOut.first?.choice == nil {
      line["heldOutChoice"] = choice
    }
    if let list = report.heldOutList { line["heldOutList"] = list }
    if report.trainedOn > 0 { line["heldOutTrainedOn"] = report.trainedOn }
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
      try Disk.real.writeAll(file, data + [UInt8(ascii: "\n")])
    } catch {
      let words = (error as? Disk.Failure)?.words ?? "\(error)"
      throw Failure(.inputOutput, "Cannot write \(path): \(words); make room there.")
    }
  }
}
