import Evaluation
import Foundation

extension ClassPredictions {
  /// A figure of all clips: its name, the share, and the range in which the true one lies, where there is one.
  private var shares: [(name: String, share: Double?, range: ClosedRange<Double>?)] {
    told.map { k in ("top \(k)", top(k).share, top(k).interval) }
      + [("mean class", meanClass.share, meanClass.interval), ("calibration error", calibration.error, nil)]
  }

  /// All shares and the cross entropy, with their ranges.
  public var table: TextTable {
    let rows = shares.map { name, share, range in
      [
        name, share.map(Figure.percent) ?? "–", range.map { Figure.percent($0.lowerBound) } ?? "–",
        range.map { Figure.percent($0.upperBound) } ?? "–",
      ]
    }
    return TextTable(
      columns: ["figure", "share", "95 % from", "to"],
      rows: rows + [["cross entropy", crossEntropy.map(Self.nats) ?? "–", "–", "–"]])
  }

  /// The same beside a base's predictions for the same clips.
  func table(beside base: ClassPredictions) -> TextTable {
    let rows = zip(shares, base.shares).map { this, before in
      [
        this.name, before.share.map(Figure.percent) ?? "–", Self.words(before.range),
        this.share.map(Figure.percent) ?? "–", Self.words(this.range),
        Self.points(from: before.share, to: this.share),
      ]
    }
    let change =
      if let a = base.crossEntropy, let b = crossEntropy, a > 0, a.isFinite, b.isFinite {
        String(format: "%+.1f %%", 100 * (b / a - 1))
      } else { "–" }
    let losses = [base, self].map { $0.crossEntropy.map(Self.nats) ?? "–" }
    return TextTable(
      columns: ["figure", "base", "95 % range", "this", "95 % range", "change"],
      rows: rows + [["cross entropy", losses[0], "–", losses[1], "–", change]])
  }

  /// A row a class, with the base's share where there is one.
  func classTable(beside base: ClassPredictions?) -> TextTable {
    let before = base?.perClass
    let columns =
      ["class", "clips", "right", "share", "95 % from", "to", "confidence"]
      + (base == nil ? [] : ["base", "change"]) + ["taken for it", "most taken for"]
    return TextTable(
      columns: columns,
      rows: perClass.enumerated().map { place, figure in
        let isKnown = figure.right.judged > 0
        let share = figure.right.share.map(Figure.percent) ?? "–"
        let theirs = before.map { before in
          [
            before[place].right.share.map(Figure.percent) ?? "–",
            Self.points(from: before[place].right.share, to: figure.right.share),
          ]
        }
        return [
          figure.name, "\(figure.right.judged)", "\(figure.right.right)", share,
          isKnown ? Figure.percent(figure.right.interval.lowerBound) : "–",
          isKnown ? Figure.percent(figure.right.interval.upperBound) : "–",
          figure.confidence.map { $0.isFinite ? Figure.percent($0) : "–" } ?? "–",
        ] + (theirs ?? []) + [
          "\(figure.predicted)", figure.takenFor.map { "\($0.name) (\($0.clips))" } ?? "–",
        ]
      })
  }

  /// The most confident mistakes.
  func mistakeTable(most: Int) -> TextTable {
    TextTable(
      columns: ["confidence", "class", "taken for", "clip"],
      rows: mistakes.prefix(most).map { mistake in
        [
          Figure.percent(mistake.confidence), classes[mistake.truth], classes[mistake.predicted],
          entries[mistake.clip].name,
        ]
      })
  }

  private static func nats(_ value: Double) -> String { String(format: "%.4f", value) }

  /// "12.1–30.5 %".
  private static func words(_ range: ClosedRange<Double>?) -> String {
    range.map { String(format: "%.1f–%.1f %%", 100 * $0.lowerBound, 100 * $0.upperBound) } ?? "–"
  }

  private static func points(from base: Double?, to this: Double?) -> String {
    guard let base, let this else { return "–" }
    return String(format: "%+.1f points", 100 * (this - base))
  }
}
