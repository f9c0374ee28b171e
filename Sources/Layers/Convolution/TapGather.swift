import Tensors

/// Lays side by side what a convolution's kernel reads for each place, so that a matrix product is all that is left:
/// "im2col", but of one tile at a time, which stays in the cache.
///
/// A row for each place, in it the taps' pixels in the order (t, y, x, channel). Taps that are neighbours in x are
/// neighbours in memory too, so a row is kt·kh runs of kw·C floats.
struct TapGather {
  /// The clips that are read [B, F, H, W, C].
  let source: Tensor
  /// The frames before the first one [B, n, H, W, C]; without them these are zeros.
  let history: Tensor?
  /// The places that rows are made for, in each clip.
  let grid: TokenGrid
  /// Which sources they read.
  let frames: TapClass, height: TapClass, width: TapClass
  /// Floats of a pixel.
  private let channels: Int
  /// Floats of the taps that lie side by side in a picture's line.
  let run: Int

  init(
    _ source: Tensor, history: Tensor? = nil, grid: TokenGrid, _ frames: TapClass, _ height: TapClass,
    _ width: TapClass
  ) {
    self.source = source
    self.history = history
    self.grid = grid
    self.frames = frames
    self.height = height
    self.width = width
    channels = source.columns
    run = width.taps.count * channels
  }

  /// Floats of a row.
  var columns: Int { frames.taps.count * height.taps.count * run }
  /// Rows of a frame.
  var pixels: Int { grid.height * grid.width }
  /// Rows of all clips.
  var rows: Int { source.shape[0] * grid.tokens }
  /// Rows, each counted for every tap in time that is inside the clip.
  var rowsInside: Int {
    let inside = (0..<grid.frames).reduce(0) { sum, t in
      sum + frames.taps.indices.count { isInside(sourceFrame(t, $0)) }
    }
    return source.shape[0] * inside * grid.height * grid.width
  }
  /// Whether a row is the source's own row, so that there is nothing to gather.
  var isSource: Bool {
    columns == channels && frames.step == 1 && height.step == 1 && width.step == 1 && frames.first == 0
      && height.first == 0 && width.first == 0 && rows == source.rows
  }

  /// Columns of some lines of the kernel in one frame.
  func columns(frameTap: Int, lineTaps: Range<Int>) -> Range<Int> {
    let first = frameTap * height.taps.count
    return (first + lineTaps.lowerBound) * run..<(first + lineTaps.upperBound) * run
  }

  private func sourceFrame(_ t: Int, _ frameTap: Int) -> Int { t * frames.step + frames.first + frameTap }
  private func isInside(_ frame: Int) -> Bool {
    frame < source.shape[1] && frame >= -(history?.shape[1] ?? 0)
  }

  /// Whether all places in these frames, counted over all clips, read nothing but zeros at a tap in time.
  func isZero(frames all: ClosedRange<Int>, frameTap: Int) -> Bool {
    all.allSatisfy { !isInside(sourceFrame($0 % grid.frames, frameTap)) }
  }

  /// Writes what some lines of the kernel in one frame read for these rows, one row after the other.
  func write(
    _ rows: Range<Int>, frameTap: Int, lineTaps: Range<Int>, to target: UnsafeMutablePointer<Float>
  ) {
    let stride = lineTaps.count * run
    var row = rows.lowerBound
    while row < rows.upperBound {
      // The places of a line that are among the rows.
      let (x, line) = (row % grid.width, row / grid.width)
      let (y, frame) = (line % grid.height, line / grid.height)
      let (t, clip) = (frame % grid.frames, frame / grid.frames)
      let count = min(grid.width - x, rows.upperBound - row)
      for lineTap in lineTaps {
        write(
          sourceLine(
            clip: clip, frame: sourceFrame(t, frameTap), y * height.step + height.first + lineTap),
          from: x, count,
          to: target + (row - rows.lowerBound) * stride + (lineTap - lineTaps.lowerBound) * run, stride)
      }
      row += count
    }
  }

  /// A line of a source's picture; nil where there are zeros.
  private func sourceLine(clip: Int, frame: Int, _ y: Int) -> UnsafePointer<Float>? {
    let (sourceFrames, lines, pixels) = (source.shape[1], source.shape[2], source.shape[3])
    guard y >= 0, y < lines, isInside(frame) else { return nil }
    if frame >= 0 {
      return UnsafePointer(
        source.pointer + ((clip * sourceFrames + frame) * lines + y) * pixels * channels)
    }
    guard let history else { return nil }
    let kept = history.shape[1]
    return UnsafePointer(
      history.pointer + ((clip * kept + kept + frame) * lines + y) * pixels * channels)
  }

  /// One run of the rows of `count` places of a line, the first at x.
  private func write(
    _ line: UnsafePointer<Float>?, from x: Int, _ count: Int, to target: UnsafeMutablePointer<Float>,
    _ stride: Int
  ) {
    let (run, channels, taps, pixels) = (run, channels, width.taps.count, source.shape[3])
    guard let line else {
      for i in 0..<count { (target + i &* stride).update(repeating: 0, count: run) }
      return
    }
    let (step, start) = (width.step, x &* width.step &+ width.first)
    for i in 0..<count {
      let (first, row) = (start &+ i &* step, target + i &* stride)
      if first >= 0 && first &+ taps <= pixels {
        copy(line + first &* channels, to: row, run)
      } else {
        for tap in 0..<taps {
          let place = first &+ tap
          if place >= 0 && place < pixels {
            copy(line + place &* channels, to: row + tap &* channels, channels)
          } else {
            (row + tap &* channels).update(repeating: 0, count: channels)
          }
        }
      }
    }
  }
}

@inline(__always)
private func copy(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ n: Int) {
  guard n & 15 == 0 else { return y.update(from: x, count: n) }
  var i = 0
  while i < n {
    store(load(x, i, 16), y, i, 16)
    i &+= 16
  }
}
