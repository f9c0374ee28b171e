import Clips
import Manifests

/// How often the class of held-out clips is found, and with which confidence.
public struct TopAccuracy: Evaluator {
  private let scorer: any ClassScorer
  private let batch: Int

  /// The figures of a scorer.
  /// - Parameter batch: clips a pass.
  public init(_ scorer: any ClassScorer, batch: Int) {
    precondition(batch > 0, "a pass has at least one clip")
    self.scorer = scorer
    self.batch = batch
  }

  /// The figures on the one view that a reader has of each clip. The cross entropy is the loss: it still falls where
  /// shares of few clips stand still. Clips whose class is not known are left out and named in a remark.
  public func run(_ clips: ClipReader, shared: SharedLook, goesOn: () -> Bool) -> Evaluation? {
    let rows = shared.rows(ofClips: clips.count, batch: batch) { range in
      goesOn() ? scorer.rows(clips.examples(range).clips) : nil
    }
    return rows.map {
      Evaluation(
        ClassPredictions(of: scorer, entries: clips.entries, probabilities: $0),
        leftOut: clips.entries.filter { scorer.truth($0) == nil })
    }
  }
}

extension Evaluation {
  /// The title of figures of classification.
  public static let classificationTitle = "classification"

  /// The figures of predictions.
  /// - Parameter leftOut: clips whose class is not known, which a remark names.
  public init(_ predictions: ClassPredictions, leftOut: [ClipEntry] = []) {
    var figures = predictions.told.compactMap { k in
      predictions.top(k).share.map { Figure("top \(k)", $0) }
    }
    if let share = predictions.meanClass.share { figures.append(Figure("mean class", share)) }
    if let error = predictions.calibration.error { figures.append(Figure("calibration error", error)) }
    var remarks: [String] = []
    if !leftOut.isEmpty {
      let all = predictions.count + leftOut.count
      remarks.append(
        "\(leftOut.count) of \(all) clips \(leftOut.count == 1 ? "has" : "have") no label among the model's classes "
          + "and \(leftOut.count == 1 ? "is" : "are") left out: \(leftOut.map(\.name).listed)")
    }
    let silent = predictions.entries.indices.filter { predictions.predicted[$0] == nil }
    if !silent.isEmpty {
      remarks.append(
        "the model gave no numbers for \(silent.count) of \(predictions.count) clips, which count as wrong: "
          + silent.map { predictions.entries[$0].name }.listed)
    }
    self.init(
      title: Self.classificationTitle, condition: "figure", figures: figures, loss: predictions.crossEntropy,
      scale: .shares, lossName: "cross entropy", predictions: predictions, remarks: remarks)
  }
}

extension [String] {
  /// The first of some names: "a.mp4, b.mp4, c.mp4 and 9 more".
  public var listed: String {
    let shown = 5
    return prefix(shown).joined(separator: ", ") + (count > shown ? " and \(count - shown) more" : "")
  }
}
