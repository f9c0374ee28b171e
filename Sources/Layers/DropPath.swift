import Tensors

/// Leaves out branches of residual blocks at random, clip by clip (stochastic depth).
///
///     x ← x + factor · branch(x)        factor = 0 with probability p, else 1 / (1 − p)
///
/// p rises in equal steps from 0 in the first block to the given rate in the last one. Huang et al., "Deep networks with
/// stochastic depth", 2016.
///
/// A value for one pass: what is drawn is a function of seed, step, the clip's place in the step, block and branch alone.
/// So a pass in parts draws what the whole one does, and a block that runs again draws the same.
public struct DropPath: Sendable, Equatable {
  /// Attention, and the feed-forward layer.
  public static let branches = 2

  /// p of the last block, at least 0 and below 1.
  public let rate: Double
  /// How many blocks there are.
  public let depth: Int
  private let seed: UInt64
  private let step: Int
  private let firstSample: Int

  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - step: the training step.
  ///   - firstSample: the place of the pass's first clip within the step.
  public init(rate: Double, depth: Int, seed: UInt64, step: Int, firstSample: Int = 0) {
    precondition(rate >= 0 && rate < 1, "a branch cannot be left out with probability \(rate)")
    self.rate = rate
    self.depth = depth
    self.seed = seed
    self.step = step
    self.firstSample = firstSample
  }

  /// p of a block, counted from 0.
  public func rate(ofBlock block: Int) -> Double {
    depth > 1 ? rate * Double(block) / Double(depth - 1) : rate
  }

  /// What a branch's output is multiplied by, one a clip, [B]: for `scaleGroups`, and in backward again for its gradient.
  ///
  /// - Parameter branch: 0 for attention, 1 for the feed-forward layer.
  public func factors(block: Int, branch: Int, clips: Int) -> [Float] {
    precondition((0..<depth).contains(block) && (0..<Self.branches).contains(branch), "no such branch")
    let rate = rate(ofBlock: block)
    guard rate > 0 else { return Array(repeating: 1, count: clips) }
    return (0..<clips).map { clip in
      var stream = RandomStream(seed: seed, purpose: .dropPath, step: step, sample: firstSample + clip)
      for _ in 0..<block * Self.branches + branch { _ = stream.next() }
      return stream.uniform() < rate ? 0 : Float(1 / (1 - rate))
    }
  }
}
