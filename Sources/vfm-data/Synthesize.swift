import ArgumentParser
import Commands
import Foundation
import SyntheticClips

/// Renders the embedded set.
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Render captioned clips of moving shapes as H.264 files, to try training without data of your own.",
    discussion: """
      The folder gets clips/, train.jsonl, validation.jsonl and test.jsonl; the test set holds combinations of colour, shape \
      and motion that are never trained on. The same options give the same pixels. A folder that holds this very set \
      already is left as it is. Colours are \(words(Colour.self)); shapes are \(words(ShapeKind.self)).

      --colours and --shapes make a set of a few things, or of things that no level draws by itself, to fine-tune a model on: \
      --colours cyan,pink --shapes star.
      """)

  private static func words<Word: RawRepresentable<String> & CaseIterable>(_ kind: Word.Type) -> String {
    kind.allCases.map(\.rawValue).joined(separator: ", ")
  }

  @Argument(help: "A new or empty folder.", completion: .directory)
  var folder: String
  @Option(help: "How many clips in all.")
  var clips = 4000
  @Option(help: "The seed of all draws.")
  var seed: UInt64 = 0
  @Option(
    help:
      "easy: one object, plain ground, straight motion; medium: more shapes, motions and grounds; hard: two objects and camera moves."
  )
  var level = Level.easy
  @Option(
    help:
      "Colours of objects, with commas between, instead of those of the level. No level draws cyan and pink by itself."
  )
  var colours: String?
  @Option(help: "Shapes of objects, with commas between, instead of those of the level.")
  var shapes: String?
  @Option(help: "Width and height in pixels, even.")
  var size = 64
  @Option(help: "Frames of a clip.")
  var frames = 8
  @Option(help: "Frames a second.")
  var frameRate = 8.0

  func run() throws {
    try reportingFailures {
      let settings = SyntheticSettings(
        clips: clips, seed: seed, level: level,
        colours: try colours.map { try WordList.words(in: $0, of: "--colours") },
        shapes: try shapes.map { try WordList.words(in: $0, of: "--shapes") },
        width: size, height: size, frames: frames, frameRate: frameRate)
      let (progress, total) = (PercentLine("rendering"), Double(clips))
      let counts = try SyntheticSet.write(to: folder, settings) { progress.show(Double($0) / total) }
      progress.close()
      try printResult(
        "\(folder): \(counts.train) training, \(counts.validation) validation and \(counts.test) test clips")
      if !settings.holdsOutCombinations {
        standardError(
          "note: too few combinations of colour, shape and motion to hold any out; the test clips show those of the"
            + " training clips, drawn anew.\n")
      }
    }
  }
}

extension Level: ExpressibleByArgument {}
