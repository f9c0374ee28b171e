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

  /// Declares `frames`, `height`, `width`, `share` and `clips`.
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
      "Share of the steps that have this shape; only the proportions among all shapes count.")
    clips =
      section.optionalValue(
        "clips", .integer(1...4096), .optional,
        "Clips in a batch of this shape; without it, as many as have no more tokens than training.batchSize clips of "
          + "data.frames × data.height × data.width, and at least one.")?.integer
  }
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
