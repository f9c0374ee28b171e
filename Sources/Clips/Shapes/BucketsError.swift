import Foundation

/// Some shapes have too few clips for a step.
public struct BucketsError: Error, Sendable, CustomStringConvertible {
  /// Each such shape, and what to do.
  public let problems: [String]
  /// How the clips of the list are shared out.
  private let counts: String

  /// - Parameters:
  ///   - counts: how many clips each shape has.
  ///   - leftOut: how many of the list's clips have none.
  init?(
    _ shapes: [BatchShape], counts: [Int], leftOut: Int, choice: ShapeChoice, manifest: String
  ) {
    problems = shapes.indices.compactMap { place in
      let (shape, count) = (shapes[place], counts[place])
      guard count < shape.clips else { return nil }
      let name = "data.shapes[\(place)], \(shape.shape.name)"
      if count == 0 {
        return
          "\(name): no clip of \(manifest) \(Self.belongs(to: shape.shape, choice)); leave the shape out, "
          + "or add such clips."
      }
      return
        "\(name): \(count == 1 ? "1 clip of \(manifest) is" : "\(count) clips of \(manifest) are") too few for one of its "
        + "steps, which has \(shape.clips); leave the shape out, add clips, or make training.batchSize smaller "
        + "(or \"clips\" of the shape)."
    }
    if problems.isEmpty { return nil }
    self.counts =
      "Clips by shape: "
      + zip(shapes, counts).map { "\($0.shape.name) has \($1)" }.joined(separator: ", ")
      + (leftOut == 0 ? "." : "; \(leftOut) fit none.")
  }

  /// What a clip of the shape is like, in words.
  private static func belongs(to shape: ClipShape, _ choice: ShapeChoice) -> String {
    if choice == .clip { return "has these as its nearest proportions and the most frames that it holds" }
    if shape.frames == 1 { return "can be read" }
    return String(
      format: "has at least half of its frames, which last %.4g s at %.4g per second", shape.seconds,
      shape.frameRate)
  }

  /// Each problem on a line, and the counts.
  public var description: String { (problems + [counts]).joined(separator: "\n") }
}
