import Layers
import Tensors

/// Which tokens of a clip are hidden: so many of a grid's tubes, frames or single tokens, drawn anew for each clip and step.
///
/// The three ways are those that Tong et al., "VideoMAE", 2022, compare. Of n units ⌊share · n⌋ are hidden, the same number in each
/// clip.
public struct TokenMask: Sendable, Equatable {
  /// What is hidden as a whole.
  public enum Unit: String, Sendable, CaseIterable {
    /// A place in all latent frames, so that nothing that stands still gives away what is behind the mask.
    case tube
    /// All of a latent frame, so that only what moves, and how, tells what it shows.
    case frame
    /// A single token; most of what is hidden is seen before or after.
    case random
  }

  /// What is hidden as a whole.
  public let unit: Unit
  /// The share of units that are hidden, above 0 and below 1.
  public let share: Double

  /// A mask of a share.
  public init(_ unit: Unit, share: Double) {
    self.unit = unit
    self.share = share
  }

  /// How many units a clip has.
  public func units(in grid: TokenGrid) -> Int {
    switch unit {
    case .tube: grid.height * grid.width
    case .frame: grid.frames
    case .random: grid.tokens
    }
  }

  /// How many of them are hidden.
  public func hiddenUnits(in grid: TokenGrid) -> Int {
    // A share such as 0.3 of 10 places is 3, though the product of the two doubles lies below it.
    Int(share * Double(units(in: grid)) + 1e-9)
  }

  /// Whether something is hidden, and something is seen.
  public func isUseful(in grid: TokenGrid) -> Bool {
    let hidden = hiddenUnits(in: grid)
    return hidden > 0 && hidden < units(in: grid)
  }

  /// How many tokens of a clip are seen.
  public func visibleTokens(in grid: TokenGrid) -> Int {
    grid.tokens - hiddenUnits(in: grid) * (grid.tokens / units(in: grid))
  }

  /// The tokens that are seen and those that are hidden, each in raster order, for so many clips.
  /// - Parameter position: each clip draws from its own place in the step.
  public func draw(
    _ grid: TokenGrid, clips: Int, at position: Position
  ) -> (visible: TokenSelection, hidden: TokenSelection) {
    precondition(isUseful(in: grid), "a mask of \(share) hides all or nothing of \(grid)")
    let units = units(in: grid)
    var (visible, hidden): ([[Int]], [[Int]]) = ([], [])
    for clip in 0..<clips {
      var stream = RandomStream(
        seed: position.seed, purpose: .mask, step: position.step, sample: position.firstSample + clip)
      var isHidden = Array(repeating: false, count: units)
      for unit in stream.some(hiddenUnits(in: grid), of: Array(0..<units)) { isHidden[unit] = true }
      let tokens = 0..<grid.tokens
      visible.append(tokens.filter { !isHidden[unit(ofToken: $0, in: grid)] })
      hidden.append(tokens.filter { isHidden[unit(ofToken: $0, in: grid)] })
    }
    return (
      TokenSelection(visible, of: grid.tokens), TokenSelection(hidden, of: grid.tokens)
    )
  }

  /// The number of the unit that a token, given by its number in raster order, belongs to.
  private func unit(ofToken token: Int, in grid: TokenGrid) -> Int {
    let places = grid.height * grid.width
    return switch unit {
    case .tube: token % places
    case .frame: token / places
    case .random: token
    }
  }
}
