/// A shape that clips are learned from in, and what a step of it has.
public struct BatchShape: Sendable, Equatable {
  /// The frames, height and width of the step's clips.
  public let shape: ClipShape
  /// Clips of a step.
  public let clips: Int
  /// Tokens of a clip.
  public let tokens: Int
  /// The share of the run's steps, above 0; only the proportions among all shapes count.
  public let share: Double

  /// A shape and its steps.
  public init(_ shape: ClipShape, clips: Int, tokens: Int, share: Double = 1) {
    precondition(clips > 0 && share > 0, "a shape has clips and steps")
    self.shape = shape
    self.clips = clips
    self.tokens = tokens
    self.share = share
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
