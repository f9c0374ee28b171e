/// Which part of a picture is kept.
public enum CropChoice: Sendable, Hashable {
  /// The middle, where the picture's proportions differ from the shape's.
  case centre
  /// Any part, every place as likely, where the proportions differ.
  case random
  /// A box of any place, size and proportions within bounds, scaled to the shape.
  case resized(ResizedCrop)
}
