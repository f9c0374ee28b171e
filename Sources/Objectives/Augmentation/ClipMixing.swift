import Tensors

/// Mixes the clips of a pass with each other: each with the one at the same place from the end (the middle one of an odd
/// number with itself, which changes nothing).
///
///     mixup     x ← λ · x + (1 − λ) · partner                Zhang et al., 2017
///     cutmix    a box of the partner in x, 1 − λ its share   Yun et al., 2019
///
/// One λ a pass, from the beta distribution with both parameters α. With both kinds on, each pass has one of them, either
/// as likely. As in VideoMAE's fine-tuning.
public struct ClipMixing: Sendable, Equatable {
  /// α of mixup; 0 for none.
  public let mixup: Double
  /// α of cutmix; 0 for none.
  public let cutmix: Double

  /// Nil when both are 0.
  public init?(mixup: Double, cutmix: Double) {
    guard mixup > 0 || cutmix > 0 else { return nil }
    self.mixup = mixup
    self.cutmix = cutmix
  }

  /// How the clips of a pass are mixed.
  public struct Draw: Sendable, Equatable {
    /// The share that each clip keeps, and that its class has of the target.
    public let share: Float
    /// What is taken from the partner, in all frames; nil where clips are blended.
    public let box: ClipBox?
  }

  /// Draws for a pass. A step in several passes draws for each: the draw belongs to the place of the pass's first clip.
  public func draw(height: Int, width: Int, at position: Position) -> Draw {
    var stream = RandomStream(
      seed: position.seed, purpose: .mixing, step: position.step, sample: position.firstSample)
    let cuts = cutmix > 0 && (mixup == 0 || stream.uniform() < 0.5)
    let share = stream.beta(cuts ? cutmix : mixup)
    guard cuts else { return Draw(share: Float(share), box: nil) }
    // A box of the share 1 − λ about a pixel anywhere; what juts out is cut off, and λ follows.
    let side = (1 - share).squareRoot()
    let rows = Self.span(Int(Double(height) * side), about: stream.below(height), within: height)
    let columns = Self.span(Int(Double(width) * side), about: stream.below(width), within: width)
    let box = ClipBox(rows: rows, columns: columns)
    return Draw(share: 1 - Float(box.area) / Float(height * width), box: box)
  }

  private static func span(_ length: Int, about centre: Int, within size: Int) -> Range<Int> {
    max(0, centre - length / 2)..<min(size, centre + length / 2)
  }

  /// Mixes clips [B, C, F, H, W] in place.
  static func mix(_ clips: Tensor, _ draw: Draw) {
    let (batch, width) = (clips.shape[0], clips.shape[4])
    let planes = clips.shape[1] * clips.shape[2]
    let size = clips.shape[3] * width
    parallel(over: batch / 2 * planes, tile: max(1, 8192 / size)) { range in
      for index in range {
        let (clip, plane) = (index / planes, index % planes)
        let x = clips.pointer + (clip * planes + plane) * size
        let y = clips.pointer + ((batch - 1 - clip) * planes + plane) * size
        guard let box = draw.box else {
          blend(x, y, size, draw.share)
          continue
        }
        for row in box.top..<box.bottom {
          exchange(x + row * width + box.left, y + row * width + box.left, box.width)
        }
      }
    }
  }

  private static func blend(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int, _ share: Float
  ) {
    sweep(n) { i, c in
      let (a, b) = (load(x, i, c), load(y, i, c))
      store(a * share + b * (1 - share), x, i, c)
      store(b * share + a * (1 - share), y, i, c)
    }
  }

  private static func exchange(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int
  ) {
    sweep(n) { i, c in
      let (a, b) = (load(x, i, c), load(y, i, c))
      store(b, x, i, c)
      store(a, y, i, c)
    }
  }
}
