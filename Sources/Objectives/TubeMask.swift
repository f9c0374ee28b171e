import Layers
import Tensors

/// VideoMAE's tube masks: the same places are hidden in all latent frames of a clip, so that no motion of a few pixels gives
/// them away.
///
/// Tong et al., "VideoMAE", 2022. Of the h·w places of a frame ⌊share · h·w⌋ are hidden, the same number in each clip.
public struct TubeMask: Sendable, Equatable {
  /// The share of places that are hidden, above 0 and below 1.
  public let share: Double

  /// A mask of a share.
  public init(share: Double) { self.share = share }

  /// The places of a frame that are hidden.
  public func hiddenPlaces(in grid: TokenGrid) -> Int {
    // A share such as 0.3 of 10 places is 3, though the product of the two doubles lies below it.
    Int(share * Double(grid.height * grid.width) + 1e-9)
  }

  /// Whether something is hidden, and something is seen.
  public func isUseful(in grid: TokenGrid) -> Bool {
    let hidden = hiddenPlaces(in: grid)
    return hidden > 0 && hidden < grid.height * grid.width
  }

  /// The tokens that are seen and those that are hidden, each in raster order, for so many clips.
  /// - Parameter position: each clip draws from its own place in the step.
  public func draw(
    _ grid: TokenGrid, clips: Int, at position: Position
  ) -> (visible: TokenSelection, hidden: TokenSelection) {
    precondition(isUseful(in: grid), "a mask of \(share) hides all or nothing of \(grid)")
    let places = grid.height * grid.width
    var (visible, hidden): ([[Int]], [[Int]]) = ([], [])
    for clip in 0..<clips {
      var stream = RandomStream(
        seed: position.seed, purpose: .mask, step: position.step, sample: position.firstSample + clip)
      var isHidden = Array(repeating: false, count: places)
      // The first places of a random order.
      var order = Array(0..<places)
      for i in 0..<hiddenPlaces(in: grid) {
        order.swapAt(i, i + stream.below(places - i))
        isHidden[order[i]] = true
      }
      let tokens = 0..<grid.tokens
      visible.append(tokens.filter { !isHidden[$0 % places] })
      hidden.append(tokens.filter { isHidden[$0 % places] })
    }
    return (
      TokenSelection(visible, of: grid.tokens), TokenSelection(hidden, of: grid.tokens)
    )
  }
}
