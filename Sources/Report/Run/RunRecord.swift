import Files
import Foundation

/// What a run has left in its folder, read.
struct RunRecord {
  /// The folder's own name.
  let name: String
  let metrics: RunMetrics
  let recipe: RecipeText
  /// Samples, the earliest first.
  let samples: [SampleSet]
  /// Clips that were set aside.
  let quarantined: [QuarantinedClip]
  /// What fine-tuning has done; nil for a run without a base, or before its second look at held-out clips.
  let finetuning: FinetuneSummary?

  init(folder: String) throws(RunReportError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw .noFolder(folder)
    }
    name = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    metrics = try Self.read(folder + "/metrics.jsonl") { try RunMetrics(contentsOf: $0) }
    recipe = try Self.read(folder + "/recipe.json") {
      RecipeText(String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self))
    }
    samples = SampleSet.all(in: folder + "/samples")
    quarantined = QuarantinedClip.list(FileManager.default.contents(atPath: folder + "/quarantine.jsonl"))
    finetuning = FinetuneSummary(metrics, recipe: recipe, checkpoints: Self.checkpoints(in: folder))
  }

  /// The kept checkpoints by step, as paths in the folder; where a step is kept twice, the one in `best`.
  private static func checkpoints(in folder: String) -> [Int: String] {
    var paths: [Int: String] = [:]
    for part in ["checkpoints", "best"] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)")) ?? [] {
        guard name.hasPrefix("step-"), name.hasSuffix(".h5"), let step = Int(name.dropFirst(5).dropLast(3))
        else { continue }
        paths[step] = "\(part)/\(name)"
      }
    }
    return paths
  }

  private static func read<Result>(
    _ path: String, _ body: (String) throws -> Result
  ) throws(RunReportError) -> Result {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path) }
    do {
      return try body(path)
    } catch {
      throw .unreadable(path, reason: plainWords(error))
    }
  }
}

/// The recipe as it was written, and the few values of it that a report speaks of.
struct RecipeText {
  let text: String
  /// Steps of the whole run, remarks for the reader, and the longer side of a frame in pixels, if given.
  let steps: Int?
  let notes: [String]
  let longerSide: Int?
  /// What the run starts from, and what of it is trained ("lora"), if given.
  let base: String?, method: String?

  init(_ text: String) {
    self.text = text
    let values = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
    let data = values?["data"] as? [String: Any]
    steps = (values?["training"] as? [String: Any])?["steps"] as? Int
    notes = values?["notes"] as? [String] ?? (values?["notes"] as? String).map { [$0] } ?? []
    longerSide = [data?["width"] as? Int, data?["height"] as? Int].compactMap { $0 }.max()
    let start = values?["start"] as? [String: Any]
    (base, method) = (start?["from"] as? String, start?["method"] as? String)
  }
}

/// A line of `quarantine.jsonl`: a clip that could not be read, and why.
struct QuarantinedClip: Decodable {
  var path: String
  var stage: String?
  var reason: String?
  var seconds: Double?

  /// The clips of the lines that can be read.
  static func list(_ data: Data?) -> [QuarantinedClip] {
    let decoder = JSONDecoder()
    return (data ?? Data()).split(separator: UInt8(ascii: "\n")).compactMap { line in
      try? decoder.decode(QuarantinedClip.self, from: Data(line))
    }
  }
}
