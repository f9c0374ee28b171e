import ArgumentParser
import Commands
import Evaluation
import Features
import Foundation
import Report
import Video

/// Tells classes apart by features.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "Measure how well classes can be told apart by features of clips.",
    discussion: """
      Learns a linear classifier (multinomial logistic regression) from the training features and measures it on others: one \
      figure for models of all kinds. How strongly its weights are kept small is chosen on a fifth of the training clips. \
      Figures and keys are those of vfm-eval for models that tell classes apart.
      """)

  @Argument(
    help: "Features of the training clips, in one or several files.",
    completion: .file(extensions: ["h5", "safetensors"]))
  var train: [String]
  @Option(
    parsing: .upToNextOption, help: "Features of the clips that it is measured on.",
    completion: .file(extensions: ["h5", "safetensors"]))
  var test: [String]
  @Option(
    help: "Write what was taken for what as a picture (.png).", completion: .file(extensions: ["png"]))
  var confusion: String?
  @Option(
    help: "Write all of it as a page (.html) that needs no other file and no network.",
    completion: .file(extensions: ["html"]))
  var report: String?
  @Option(help: "Threads that compute (default: all cores). Results do not depend on it.")
  var threads: Int?
  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    try reportingFailures {
      try Inputs.setThreads(threads)
      if let report { try OutputFile.check(report, "--report", endings: [".html", ".htm"]) }
      if let confusion { try OutputFile.check(confusion, "--confusion", endings: [".png"]) }
      let (trainSet, testSet) = (try FeatureSet(train), try FeatureSet(test))
      try trainSet.requireSame(as: testSet)
      let probe = try LinearProbe(trainSet)
      let (predictions, leftOut) = try probe.predictions(for: testSet)
      for note in probe.notes { standardError("note: \(note)\n") }
      let evaluation = Evaluation(predictions, leftOut: leftOut)
      for remark in evaluation.remarks { standardError("note: \(remark)\n") }
      let record = EvaluationRecord(
        kind: trainSet.identity.kind,
        manifest: Array(Set(testSet.manifests)).sorted().joined(separator: ", "),
        provenance: FigureProvenance(predictions, views: .middle),
        model: ModelFigures(
          checkpoint: "linear probe on \(train.joined(separator: ", "))", evaluations: [evaluation]),
        base: nil, trainedOn: probe.trainedOn(testSet))
      try printResult(
        try json
          ? jsonText(ProbeJSON(record: EvalJSON(record), probe: probe, identity: trainSet.identity))
          : "\(trainSet.identity.words)\n\(probe.words)\n\(record.text)")
      if let confusion { try writePNG(ConfusionMatrix(predictions).picture, to: confusion) }
      if let report { try record.writePage(to: report) }
    }
  }
}

extension LinearProbe {
  /// What was learned from, and how.
  fileprivate var words: String {
    "learned from \(trainingClips) clips of \(classes.count) classes, λ \(String(format: "%g", penalty))"
  }

  fileprivate var notes: [String] {
    var notes: [String] = []
    if unlabelled > 0 {
      notes.append(
        "\(unlabelled) training \(unlabelled == 1 ? "clip has" : "clips have") no label and \(unlabelled == 1 ? "is" : "are") left out"
      )
    }
    if tried.isEmpty {
      notes.append("too few clips to choose λ by; \(String(format: "%g", penalty)) was taken")
    } else if penalty == Self.penalties.first || penalty == Self.penalties.last {
      notes.append(
        "λ \(String(format: "%g", penalty)) is at the end of what is tried, so another may suit better")
    }
    return notes
  }
}

/// The figures of classification, and beside them how the probe was learned.
private struct ProbeJSON: Encodable {
  let record: EvalJSON
  let probe: LinearProbe
  let identity: FeatureIdentity

  private enum Key: String, CodingKey { case probe }

  private struct Learned: Encodable {
    let clips: Int, unlabelled: Int, penalty: Double, tried: [Trial], weights: String, block: Int,
      pool: String
  }

  private struct Trial: Encodable {
    let penalty: Double, crossEntropy: Double
  }

  func encode(to encoder: any Encoder) throws {
    try record.encode(to: encoder)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(
      Learned(
        clips: probe.trainingClips, unlabelled: probe.unlabelled, penalty: probe.penalty,
        tried: probe.tried.map { Trial(penalty: $0.penalty, crossEntropy: $0.crossEntropy) },
        weights: identity.weights, block: identity.block, pool: identity.pool.rawValue), forKey: .probe)
  }
}
