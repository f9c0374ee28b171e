/// A shape that clips are learned from in, and what a step of it has.
public struct BatchShape: Sendable, Equatable {
  /// The frames, height and width of the step's clips.
  public let shape: ClipShape
  /// Clips of a step.
  public let clips: Int
  /// Tokens of a clip.
  public let tokens: Int
  /// The share of the steps, above 0; only the proportions count among all shapes that are learned from at the time.
  public let share: Double
  /// The steps of the run that may have the shape; up to `Int.max` where they end with the run.
  public let steps: Range<Int>

  /// A shape and its steps.
  public init(
    _ shape: ClipShape, clips: Int, tokens: Int, share: Double = 1, steps: Range<Int> = 0..<Int.max
  ) {
    precondition(clips > 0 && share > 0 && !steps.isEmpty, "a shape has clips and steps")
    self.shape = shape
    self.clips = clips
    self.tokens = tokens
    self.share = share
    self.steps = steps
  }
}

/// Which shape a step has, where there are several.
public enum ShapeChoice: String, Sendable, CaseIterable {
  /// Every shape has its share of the steps, and every clip is read in all shapes that it is long enough for.
  case share
  /// Every clip is read in one shape: of the nearest proportions, and as long as the clip allows.
  case clip
}

extension ClipShape {
  /// Frames, height and width: "9x32x32".
  public var name: String { "\(frames)x\(height)x\(width)" }
}
