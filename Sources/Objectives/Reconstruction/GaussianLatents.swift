import Tensors

/// Latents that are normally distributed, as a variational autoencoder draws them, and how far they are from a standard
/// normal distribution.
///
///     moments = mean ‖ logvar                      [R, 2C], logvar within −30…20
///     z = mean + exp(½ logvar) · noise             [R, C]
///     KL of a clip = ½ Σ (mean² + exp(logvar) − 1 − logvar) / values
///
/// The sum is over all latents of the clip, and `values` the number of values of its pixels, F · H · W · 3. So weights mean
/// what they do in latent diffusion (Rombach et al., 2022): there both the reconstruction's |e| and the divergence are
/// summed over a clip, the latter times 1e-6, and here both are divided by the same number, which makes the former a mean.
/// Beyond the bounds of logvar there is no gradient in it. Kingma and Welling, "Auto-encoding variational Bayes", 2014.
public struct GaussianLatents: Sendable {
  /// Bounds of the logarithm of the variance.
  static let least: Float = -30, most: Float = 20

  /// Latents without parameters.
  public init() {}

  /// What backward reads.
  public struct Saved {
    let moments: Tensor, noise: Tensor
    let clips: Int, values: Int
  }

  /// The most probable latents [R, C] of moments [R, 2C]: what is used where nothing is drawn.
  public func mean(_ moments: Tensor) -> Tensor {
    let width = Self.width(of: moments)
    let latents = Tensor(moments.shape.dropLast() + [width])
    parallel(over: moments.rows, tile: rowsPerTile(columns: width)) { rows in
      for r in rows { latents.row(r).update(from: moments.row(r), count: width) }
    }
    return latents
  }

  /// Draws latents.
  ///
  /// - Parameters:
  ///   - moments: [R, 2C], rows of one clip after the other; axes before the last are kept.
  ///   - noise: [R, C], normally distributed.
  ///   - clips: B.
  ///   - values: of the pixels of one clip.
  /// - Returns: latents [R, C]; the divergence of each clip, 0 during a `Plan`.
  public func forward(
    _ moments: Tensor, noise: Tensor, clips: Int, values: Int
  ) -> (latents: Tensor, divergences: [Double], saved: Saved) {
    let width = Self.width(of: moments)
    precondition(
      noise.count == moments.rows * width, "noise \(noise.shape) does not fit moments \(moments.shape)")
    precondition(
      clips > 0 && values > 0 && moments.rows % clips == 0, "\(moments.rows) rows are not of \(clips) clips")
    let latents = Tensor(moments.shape.dropLast() + [width])
    let sums = tileSums(groups: clips, rowsPerGroup: moments.rows / clips, columns: 1) { _, rows, sum in
      for r in rows {
        let (mean, logvar) = (moments.row(r), moments.row(r) + width)
        let (n, z) = (noise.pointer + r * width, latents.pointer + r * width)
        var total = Lanes(repeating: 0)
        sweep(width) { i, c in
          let (m, v) = (load(mean, i, c), Self.bounded(load(logvar, i, c)))
          // Lanes beyond the row hold 0, as a standard normal has, and add nothing.
          total += (m * m + exponential(v)) - (1 + v)
          store(m.addingProduct(exponential(0.5 * v), load(n, i, c)), z, i, c)
        }
        sum[0] += total.total
      }
    }
    let saved = Saved(moments: moments, noise: noise, clips: clips, values: values)
    guard !Plan.isRunning else { return (latents, Array(repeating: 0, count: clips), saved) }
    let tiles = sums.rows / clips
    let divergences = (0..<clips).map { clip in
      (0..<tiles).reduce(0.0) { $0 + Double(sums.pointer[clip * tiles + $1]) } / Double(2 * values)
    }
    return (latents, divergences, saved)
  }

  /// dmean = dz + k · mean,   dlogvar = ½ (dz · noise · exp(½ logvar) + k · (exp(logvar) − 1)),   k = share / (B · values)
  ///
  /// - Parameters:
  ///   - latentsGradient: dz [R, C].
  ///   - share: what the mean of the clips' divergences is multiplied by in the loss: its weight, times the share of a step.
  /// - Returns: the gradient of the moments [R, 2C].
  public func backward(_ latentsGradient: Tensor, _ saved: Saved, share: Double) -> Tensor {
    let width = Self.width(of: saved.moments)
    let gradient = Tensor(saved.moments.shape)
    let k = Lanes(repeating: Float(share / (Double(saved.clips) * Double(saved.values))))
    parallel(over: gradient.rows, tile: rowsPerTile(columns: 2 * width)) { rows in
      for r in rows {
        let (mean, logvar) = (saved.moments.row(r), saved.moments.row(r) + width)
        let (n, dz) = (saved.noise.pointer + r * width, latentsGradient.pointer + r * width)
        let g = gradient.row(r)
        sweep(width) { i, c in
          let (slope, raw) = (load(dz, i, c), load(logvar, i, c))
          let v = Self.bounded(raw)
          store(slope.addingProduct(k, load(mean, i, c)), g, i, c)
          var dv = 0.5 * ((slope * load(n, i, c)) * exponential(0.5 * v) + k * (exponential(v) - 1))
          dv.replace(with: 0, where: (raw .< Self.least) .| (raw .> Self.most))
          store(dv, g + width, i, c)
        }
      }
    }
    return gradient
  }

  /// C, channels of latents.
  private static func width(of moments: Tensor) -> Int {
    precondition(moments.columns % 2 == 0, "moments are means and as many logarithms of variances")
    return moments.columns / 2
  }

  @inline(__always)
  private static func bounded(_ x: Lanes) -> Lanes {
    var v = x
    v.replace(with: Lanes(repeating: least), where: x .< least)
    v.replace(with: Lanes(repeating: most), where: x .> most)
    return v
  }
}
