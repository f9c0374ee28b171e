import ArgumentParser
import Commands
import Evaluation
import Foundation
import Report

/// Figures of classes that several commands wrote, below each other.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show figures of classes that were measured before in one table.",
    discussion: """
      Reads what vfm-eval measure and vfm-eval probe print with --json, and shows a line for each file, by the file's name. \
      Figures of other clips, labels or views than the first file's are marked, for they cannot be compared with it.
      """)

  @Argument(
    help: "Figures as JSON, a file for each line of the table.", completion: .file(extensions: ["json"]))
  var files: [String]

  func run() throws {
    try reportingFailures {
      let figures = try files.map(StoredFigures.init(file:))
      let (rows, notes) = Self.table(figures)
      try printResult("\(rows)")
      for note in notes { standardError("note: \(note)\n") }
    }
  }

  private static func table(_ all: [StoredFigures]) -> (TextTable, notes: [String]) {
    let differences = all.map { all[0].values.provenance.difference(to: $0.values.provenance) }
    let table = TextTable(
      columns: [
        "", "clips", "top 1", "95 % from", "to", "mean class", "95 % from", "to", "calibration error",
      ],
      rows: zip(all, differences).map { figures, difference in
        let values = figures.values
        let (top1, mean) = (values.intervals.top1, values.intervals.meanClass)
        return [
          figures.name + (difference == nil ? "" : " *"), "\(values.provenance.clips)",
          Figure.percent(values.top1),
          Figure.percent(top1.low), Figure.percent(top1.high), Figure.percent(values.meanClass),
          Figure.percent(mean.low),
          Figure.percent(mean.high),
          Figure.percent(values.calibrationError),
        ]
      })
    let notes = zip(all, differences).flatMap { figures, difference in
      [
        difference.map { "* \(figures.name) was \($0); it cannot be compared with \(all[0].name)" },
        figures.values.trainedOn.map {
          "\(figures.name): \($0) of its \(figures.values.provenance.clips) clips \($0 == 1 ? "is" : "are") trained on, too"
        },
      ].compactMap(\.self)
    }
    return (table, notes)
  }
}

/// The figures of classes that a file holds.
private struct StoredFigures {
  /// The file's name without ending.
  let name: String
  let values: Values

  struct Range: Decodable {
    let low: Double, high: Double
  }

  struct Intervals: Decodable {
    let top1: Range, meanClass: Range
  }

  /// The keys of `vfm-eval --json` that are shown.
  struct Values: Decodable {
    let top1: Double, meanClass: Double, calibrationError: Double
    let intervals: Intervals
    let provenance: FigureProvenance
    /// How many of the clips the model was trained on, if any.
    let trainedOn: Int?
  }

  init(file: String) throws {
    name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw Failure(
        .missingInput, "\(file) is not there or cannot be read; vfm-eval --json prints what belongs there.")
    }
    guard let values = try? JSONDecoder().decode(Values.self, from: bytes), (0...1).contains(values.top1)
    else {
      throw Failure(
        .unfitInput,
        "\(file) holds no figures of classes; give what vfm-eval prints with --json of a model that tells classes apart, or "
          + "vfm-eval probe.")
    }
    self.values = values
  }
}
