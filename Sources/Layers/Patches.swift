import Tensors

/// The size of a patch: frames × rows × columns of pixels.
public struct PatchSize: Sendable, Equatable {
  /// Frames, rows and columns.
  public let frames: Int, height: Int, width: Int
  /// A patch of the given size.
  public init(frames: Int, height: Int, width: Int) {
    self.frames = frames
    self.height = height
    self.width = width
  }
  /// Pixels of a patch.
  public var volume: Int { frames * height * width }
}

/// A grid of tokens: t × h × w.
public struct TokenGrid: Sendable, Equatable {
  /// t, h and w.
  public let frames: Int, height: Int, width: Int
  /// A grid of the given size.
  public init(frames: Int, height: Int, width: Int) {
    self.frames = frames
    self.height = height
    self.width = width
  }
  /// N = t·h·w.
  public var tokens: Int { frames * height * width }
}

/// Cuts clips into patches, one row each, and puts them together again.
///
/// Rows are in the order of tokens: clip, t, h, w. `channelsFirst` says how a row is laid out: (C, pt, ph, pw), as a
/// convolution's kernel, or (pt, ph, pw, C), as Wan's head. Either direction is the other's gradient.
public struct Patches: Sendable {
  /// The size of a patch.
  public let size: PatchSize
  /// The order within a row.
  public let channelsFirst: Bool

  /// A layer without parameters.
  public init(_ size: PatchSize, channelsFirst: Bool) {
    self.size = size
    self.channelsFirst = channelsFirst
  }

  /// The grid of tokens of clips [B, C, F, H, W]; the patch must divide them.
  public func grid(of shape: [Int]) -> TokenGrid {
    precondition(shape.count == 5, "clips are [B, C, F, H, W], not \(shape)")
    precondition(
      shape[2] % size.frames == 0 && shape[3] % size.height == 0 && shape[4] % size.width == 0,
      "patch \(size) does not divide clips \(shape)")
    return TokenGrid(
      frames: shape[2] / size.frames, height: shape[3] / size.height, width: shape[4] / size.width)
  }

  /// Clips [B, C, F, H, W] to rows [B·N, C·pt·ph·pw].
  public func cut(_ clips: Tensor) -> Tensor {
    let grid = grid(of: clips.shape)
    let rows = Tensor([clips.shape[0] * grid.tokens, clips.shape[1] * size.volume])
    eachRun(clips.shape) { clip, row, stride, count in
      let (source, target) = (clips.pointer + clip, rows.pointer + row)
      for i in 0..<count { target[i * stride] = source[i] }
    }
    return rows
  }

  /// Rows [B·N, C·pt·ph·pw] to clips of the given shape [B, C, F, H, W].
  public func joined(_ rows: Tensor, shape: [Int]) -> Tensor {
    let clips = Tensor(shape)
    precondition(rows.count == clips.count, "rows \(rows.shape) do not make clips \(shape)")
    eachRun(shape) { clip, row, stride, count in
      let (target, source) = (clips.pointer + clip, rows.pointer + row)
      for i in 0..<count { target[i] = source[i * stride] }
    }
    return clips
  }

  /// Calls `body` with each run of pw pixels: where it starts in the clips, where in the rows, and its step there.
  private func eachRun(_ shape: [Int], _ body: (_ clip: Int, _ row: Int, _ stride: Int, _ count: Int) -> Void)
  {
    let (channels, frames, height, width) = (shape[1], shape[2], shape[3], shape[4])
    let grid = grid(of: shape)
    let rowSize = channels * size.volume
    parallel(over: shape[0] * channels * frames, tile: 4) { planes in
      for plane in planes {
        let (b, c, f) = (plane / (channels * frames), plane / frames % channels, plane % frames)
        let (t, pt) = (f / size.frames, f % size.frames)
        for y in 0..<height {
          let (h, ph) = (y / size.height, y % size.height)
          for w in 0..<grid.width {
            let token = ((b * grid.frames + t) * grid.height + h) * grid.width + w
            let pixel = (pt * size.height + ph) * size.width
            let place = channelsFirst ? c * size.volume + pixel : pixel * channels + c
            body(
              (plane * height + y) * width + w * size.width, token * rowSize + place,
              channelsFirst ? 1 : channels,
              size.width)
          }
        }
      }
    }
  }
}
