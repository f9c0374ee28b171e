import Layers
import Tensors

/// What a masked autoencoder is asked for: the pixels of the hidden patches.
///
/// With `isNormalized`, as VideoMAE has it, each patch has mean 0 and variance 1 in each channel, so that texture and edges
/// count as much in dark and flat patches as elsewhere:
///
///     target = (v − mean) / (√variance + 1e-6),   v = (x + 1)/2 in 0…1,  variance over n − 1
public struct PatchTargets: Sendable, Equatable {
  /// Whether patches are normalised.
  public let isNormalized: Bool

  /// Targets of one kind.
  public init(isNormalized: Bool) { self.isNormalized = isNormalized }

  /// The hidden patches of clips [B, 3, F, H, W], rows [B·m, pt·ph·pw·3].
  public func rows(of clips: Tensor, _ patch: PatchSize, at hidden: TokenSelection) -> Tensor {
    let rows = hidden.forward(Patches(patch, channelsFirst: false).cut(clips))
    let count = patch.volume
    parallel(over: rows.rows, tile: rowsPerTile(columns: rows.columns)) { range in
      for r in range {
        let row = rows.row(r)
        for i in 0..<3 * count { row[i] = (row[i] + 1) / 2 }
        if isNormalized { for channel in 0..<3 { normalize(row + channel, count) } }
      }
    }
    return rows
  }

  /// n numbers, three apart.
  private func normalize(_ values: UnsafeMutablePointer<Float>, _ n: Int) {
    var sum: Double = 0, squares: Double = 0
    for i in 0..<n { sum += Double(values[3 * i]) }
    let mean = sum / Double(n)
    for i in 0..<n {
      let difference = Double(values[3 * i]) - mean
      squares += difference * difference
    }
    let deviation = (squares / Double(max(1, n - 1))).squareRoot()
    for i in 0..<n { values[3 * i] = Float((Double(values[3 * i]) - mean) / (deviation + 1e-6)) }
  }
}
