import Clips
import Fields

/// One of several shapes that clips are learned from in.
public struct ShapeEntry: Equatable, Sendable {
  /// The frames, height and width; the frame rate is that of all clips.
  public let shape: ClipShape
  /// Its share of the steps, beside those of the other shapes.
  public let share: Double
  /// Clips of a batch; nil for as many as have no more tokens than a batch of the recipe's own shape.
  public let clips: Int?
  /// The first step that may have it, and the step before which it ends; nil for the run's end.
  public let from: Int, until: Int?

  /// Declares `frames`, `height`, `width`, `share`, `clips`, `from` and `until`.
  /// - Parameter reference: the recipe's own shape.
  init(_ section: Section, reference: ClipShape) {
    let frames = section.integer(
      "frames", ClipShape.frameRange, "Frames in a clip; 1 is a picture, or a frame of a video.")
    let height = section.integer(
      "height", ClipShape.sideRange, default: reference.height, from: "data.height",
      "Height of a clip in pixels.")
    let width = section.integer(
      "width", ClipShape.sideRange, default: reference.width, from: "data.width", "Width of a clip in pixels."
    )
    shape = ClipShape(frames: frames, height: height, width: width, frameRate: reference.frameRate)
    share = section.number(
      "share", .above(0, through: 1000), default: 1,
      "Share of the steps that have this shape; only the proportions count among the shapes that are learned from at the time."
    )
    clips =
      section.optionalValue(
        "clips", .integer(1...4096), .optional,
        "Clips in a batch of this shape; without it, as many as have no more tokens than training.batchSize clips of "
          + "data.frames × data.height × data.width, and at least one.")?.integer
    let most = TrainingSection.mostSteps
    from = section.integer(
      "from", 0...most, default: 0, "The first step that may have this shape; steps are counted from 0.")
    until =
      section.optionalValue(
        "until", .integer(1...most), .optional,
        "The step before which this shape is learned no more; without it, it is learned to the run's end, wherever that is."
      )?.integer
    section.expect(
      from < until ?? .max, of: "from", "until",
      otherwise: "the shape would begin with step \(from) and end before step \(until ?? 0); give an earlier "
        + "\"from\" or a later \"until\"")
  }

  /// The steps that may have the shape; up to `Int.max` where they end with the run.
  public var steps: Range<Int> { from..<max(from + 1, until ?? .max) }
}

extension DataSection {
  /// The shapes that clips are learned from in: those of `shapes`, or the one.
  public var allShapes: [ClipShape] { shapes.isEmpty ? [clipShape] : shapes.map(\.shape) }

  /// Reports shapes that are there twice, or that ask for what cannot be had together.
  func checkShapes(_ section: Section) {
    section.expect(
      shapes.isEmpty || packed == nil, of: "packed", "shapes", otherwise: Self.noPackOfShapes)
    for (place, entry) in shapes.enumerated() {
      let path = "data.shapes[\(place)]"
      for key in ["from", "until"] where section.reader.isWritten("\(path).\(key)") {
        section.reader.expect(
          shapeChoice == .share || key == "from" && entry.from == 0, of: "\(path).\(key)",
          "data.shapeChoice",
          otherwise:
            "where each clip has one shape (data.shapeChoice \"clip\"), clips of this one could be shown in a part of the run "
            + "alone; leave the key out, or set data.shapeChoice to \"share\"")
      }
      section.reader.expect(
        !shapes[..<place].contains { $0.shape == entry.shape }, of: "\(path).frames", "\(path).height",
        "\(path).width",
        otherwise: "\(entry.shape.name) is in the list already; keep one of the two and give it their share")
    }
  }

  /// Why packed clips and several shapes do not go together, and what to do.
  package static let noPackOfShapes =
    "a pack holds clips of one shape, and data.shapes asks for several; leave data.packed out and train from the files, or "
    + "leave data.shapes out"
}
