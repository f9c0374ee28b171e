import Tensors

/// What is done to training clips and their classes before a classifier sees them: mirroring, then erasing, then mixing,
/// then smoothing of the targets.
///
/// All draws are functions of a position. Mirroring and erasing are drawn for each clip by its place in the step, so a
/// step in several passes draws what one pass would. Mixing is drawn once for each pass, whose clips are mixed with each
/// other: there a step in several passes differs from one in a single pass.
public struct Augmentation: Sendable, Equatable {
  /// Left to right; nil for none.
  public let mirroring: Mirroring?
  /// A box in each clip; nil for none.
  public let erasing: RandomErasing?
  /// Clips with each other; nil for none.
  public let mixing: ClipMixing?
  /// What classes become.
  public let targets: ClassTargets

  /// All of it; by default clips stay as they are.
  public init(
    mirroring: Mirroring? = nil, erasing: RandomErasing? = nil, mixing: ClipMixing? = nil,
    targets: ClassTargets
  ) {
    self.mirroring = mirroring
    self.erasing = erasing
    self.mixing = mixing
    self.targets = targets
  }

  /// Clips to learn from and their targets.
  ///
  /// - Parameters:
  ///   - clips: [B, C, F, H, W]; they are not changed.
  ///   - classes: the number of each clip's class, [B].
  ///   - position: of the pass.
  /// - Returns: clips [B, C, F, H, W], in a new tensor unless nothing is done to them, and targets [B, C] that sum to 1.
  public func augmented(_ clips: Tensor, classes: [Int], at position: Position) -> (
    clips: Tensor, targets: Tensor
  ) {
    precondition(clips.shape[0] == classes.count, "one class for each clip")
    guard mirroring != nil || erasing != nil || mixing != nil else {
      return (clips, targets.tensor(classes))
    }
    let mirrored = mirroring?.draws(classes, at: position) ?? classes.map { _ in false }
    let copy = Mirroring.copy(clips, mirroring: mirrored)
    let classes = mirroring?.classes(classes, mirroring: mirrored) ?? classes
    erasing?.erase(copy, at: position)
    let draw = mixing?.draw(height: clips.shape[3], width: clips.shape[4], at: position)
    if let draw { ClipMixing.mix(copy, draw) }
    return (copy, targets.tensor(classes, share: draw?.share ?? 1))
  }
}
