import Tensors

/// Takes a clip past a block that changes its resolution, without parameters: pixels of a neighbourhood go into channels, of
/// which groups are averaged; or, the other way, channels are repeated and go out into pixels.
///
/// With factors (a, p, p) of time, height and width, flat channel ((c·a + i)·p + j)·p + k of a coarse pixel is channel c of
/// the fine pixel (i, j, k) of its neighbourhood. Down, coarse channel o is the mean of flat channels o·g … o·g + g − 1; up,
/// flat channel f is coarse channel f / g.
///
/// Time counts from its end: the first coarse frame has the clip's first frame alone, and zeros before it (down); up, these
/// are cut off. As in Wan 2.2's autoencoder.
public struct AveragedShortcut: Sendable {
  /// Channels of fine and of coarse pixels.
  public let fine: Int, coarse: Int
  /// a and p.
  public let timeFactor: Int, pixelFactor: Int

  /// A shortcut between pixels of these channels, of which one number must divide the other's flat channels.
  public init(fine: Int, coarse: Int, timeFactor: Int, pixelFactor: Int) {
    precondition(
      fine * timeFactor * pixelFactor * pixelFactor % coarse == 0,
      "\(coarse) channels cannot share those of \(fine) times the factors")
    self.fine = fine
    self.coarse = coarse
    self.timeFactor = timeFactor
    self.pixelFactor = pixelFactor
  }

  private var flat: Int { fine * timeFactor * pixelFactor * pixelFactor }
  private var group: Int { flat / coarse }

  /// Fine [B, F, H, W, fine] to coarse [B, ⌈F/a⌉, H/p, W/p, coarse].
  public func down(_ x: Tensor) -> Tensor { gathered(x, scale: 1 / Float(group)) }
  /// The gradient of `down`.
  public func downBackward(_ gradient: Tensor, frames: Int) -> Tensor {
    spread(gradient, frames: frames, scale: 1 / Float(group))
  }
  /// Coarse [B, F, H, W, coarse] to fine [B, a·F − a + 1, pH, pW, fine], or as many frames as are asked for.
  public func up(_ x: Tensor, frames: Int? = nil) -> Tensor {
    spread(x, frames: frames ?? timeFactor * (x.shape[1] - 1) + 1, scale: 1)
  }
  /// The gradient of `up`.
  public func upBackward(_ gradient: Tensor) -> Tensor { gathered(gradient, scale: 1) }

  /// coarse o = scale · Σ of its flat channels.
  private func gathered(_ x: Tensor, scale: Float) -> Tensor {
    let s = x.shape
    let y = Tensor([
      s[0], (s[1] + timeFactor - 1) / timeFactor, s[2] / pixelFactor, s[3] / pixelFactor, coarse,
    ])
    eachNeighbourhood(of: y, frames: s[1]) { pixel, finePixel in
      let target = y.row(pixel)
      for o in 0..<coarse {
        var total: Float = 0
        for f in o * group..<(o + 1) * group {
          if let (place, channel) = finePixel(f) { total += x.row(place)[channel] }
        }
        target[o] = total * scale
      }
    }
    return y
  }

  /// fine of flat channel f = scale · coarse f / g.
  private func spread(_ y: Tensor, frames: Int, scale: Float) -> Tensor {
    let s = y.shape
    let x = Tensor([s[0], frames, s[2] * pixelFactor, s[3] * pixelFactor, fine])
    eachNeighbourhood(of: y, frames: frames) { pixel, finePixel in
      let source = y.row(pixel)
      for f in 0..<flat {
        if let (place, channel) = finePixel(f) { x.row(place)[channel] = scale * source[f / group] }
      }
    }
    return x
  }

  /// Calls `body` with each coarse pixel, and with where its flat channels lie among the fine ones: a pixel and a channel,
  /// or nil before the clip's start.
  private func eachNeighbourhood(
    of y: Tensor, frames: Int, _ body: (_ pixel: Int, _ finePixel: (Int) -> (Int, Int)?) -> Void
  ) {
    let (a, p, s) = (timeFactor, pixelFactor, y.shape)
    let (coarseFrames, lines, pixels) = (s[1], s[2], s[3])
    let missing = coarseFrames * a - frames
    parallel(over: s[0] * coarseFrames * lines, tile: 1) { range in
      for line in range {
        let (row, frame) = (line % lines, line / lines)
        let (t, clip) = (frame % coarseFrames, frame / coarseFrames)
        for x in 0..<pixels {
          body(line * pixels + x) { f in
            let (k, j, i, c) = (f % p, f / p % p, f / (p * p) % a, f / (p * p * a))
            let fineFrame = t * a + i - missing
            guard fineFrame >= 0 else { return nil }
            return (((clip * frames + fineFrame) * lines * p + row * p + j) * pixels * p + x * p + k, c)
          }
        }
      }
    }
  }
}
