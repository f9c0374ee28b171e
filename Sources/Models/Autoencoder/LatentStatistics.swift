import Layers
import Tensors

/// The mean and the standard deviation of latents, channel by channel: what diffusion needs to see them as numbers about
/// as large as its noise.
///
///     normal = (z − mean) / deviation        z [R, C], both [C]
///
/// They are measured while the autoencoder learns, and stand in its checkpoints as `latents_mean` and `latents_std`, the
/// names that diffusers' configuration gives them. No gradient changes them.
public struct LatentStatistics {
  /// [C].
  public let mean: Parameter, deviation: Parameter

  /// Registers `latents_mean` and `latents_std` in the scope; they start at 0 and 1.
  public init(_ scope: Scope, channels: Int) {
    mean = scope.parameter("latents_mean", [channels], .constant(0), decays: false)
    deviation = scope.parameter("latents_std", [channels], .constant(1), decays: false)
  }

  /// Latents of later steps count for at least this share, so that what is measured is the last hundred steps or so.
  private static let leastShare = 0.01

  /// Follows the latents of a step: mean and variance move by 1/(step + 1), later by a hundredth, to those of these latents.
  ///
  /// Does nothing where the statistics are frozen, or the latents not finite.
  /// - Parameters:
  ///   - latents: [R, C], all that the step has seen so far, or a part of it.
  ///   - step: counted from 0.
  public func follow(_ latents: Tensor, step: Int) {
    guard mean.gradient != nil, deviation.gradient != nil else { return }
    let channels = latents.columns
    precondition(mean.value.count == channels, "\(channels) channels, not those that are measured")
    let share = max(Self.leastShare, 1 / Double(step + 1))
    let sums = tileSums(rowsPerGroup: latents.rows, columns: 2 * channels) { _, rows, sums in
      for r in rows {
        let z = latents.row(r)
        for c in 0..<channels {
          sums[c] += z[c]
          sums[channels + c] += z[c] * z[c]
        }
      }
    }
    // The step will be refused, and what was measured must outlive it.
    guard sums.isFinite else { return }
    let (mean, deviation, count) = (mean.value, deviation.value, Double(latents.rows))
    parallel(over: channels, tile: channels) { range in
      for c in range {
        var (first, second) = (0.0, 0.0)
        for tile in 0..<sums.rows {
          first += Double(sums.row(tile)[c])
          second += Double(sums.row(tile)[channels + c])
        }
        let old = Double(mean.pointer[c])
        let (now, spread) = (first / count, Double(deviation.pointer[c]))
        // The variance is about the old mean, as that of a mixture of both.
        let variance = max(0, second / count - now * now) + (now - old) * (now - old) * (1 - share)
        mean.pointer[c] = Float(old + share * (now - old))
        let next = spread * spread + share * (variance - spread * spread)
        deviation.pointer[c] = Float(max(next, 1e-12).squareRoot())
      }
    }
  }

  /// Latents [R, C] as diffusion sees them.
  public func normalized(_ latents: Tensor) -> Tensor {
    mapped(latents) { z, mean, deviation in (z - mean) / deviation }
  }

  /// And back.
  public func denormalized(_ latents: Tensor) -> Tensor {
    mapped(latents) { z, mean, deviation in z * deviation + mean }
  }

  private func mapped(_ latents: Tensor, _ function: (Float, Float, Float) -> Float) -> Tensor {
    let (output, mean, deviation) = (Tensor(latents.shape), mean.value, deviation.value)
    parallel(over: latents.rows, tile: rowsPerTile(columns: latents.columns)) { rows in
      for r in rows {
        let (z, y) = (latents.row(r), output.row(r))
        for c in 0..<latents.columns { y[c] = function(z[c], mean.pointer[c], deviation.pointer[c]) }
      }
    }
    return output
  }
}
