import Video

/// Measures the frames of a clip one after the other.
struct FrameMeter {
  /// Samples in a row, and rows, of the pictures that are measured.
  static let side = 128
  /// Samples below it are dark: a tenth of the way to white.
  static let dark: UInt8 = 26
  /// Motion is measured between frames at least this far apart, in seconds: from one frame to the next it is mostly
  /// less than a sample.
  static let motionStep = 0.25

  private(set) var frames: [FrameMeasures] = []
  private(set) var motions: [MotionMeasure] = []
  /// The last three frames at a quarter of the size, with their contrast, the newest last.
  private var past: [(grid: LumaGrid, contrast: Double)] = []
  private var before: LumaGrid?
  private var anchor: (grid: LumaGrid, seconds: Double)?

  /// Takes in the next frame.
  mutating func add(_ picture: LumaPicture, seconds: Double) {
    let full = LumaGrid(picture)
    let half = full.halved
    let quarter = (grid: half.halved, contrast: half.contrast)
    let lit = Lit(full)
    frames.append(
      FrameMeasures(
        seconds: seconds, brightness: lit.brightness, darkShare: lit.darkShare, sharpness: full.sharpness,
        change: before.map(half.change) ?? 1,
        novelty: past.last.map { FrameMeter.novelty(quarter, after: $0) } ?? 0,
        noveltyOverThree: past.count < 3 ? nil : FrameMeter.novelty(quarter, after: past[0]),
        litInRow: lit.rows, litInColumn: lit.columns, cells: full.cells(columns: 9, rows: 8)))
    addMotion(half, seconds)
    before = half
    past.append(quarter)
    if past.count > 3 { past.removeFirst() }
  }

  private mutating func addMotion(_ grid: LumaGrid, _ seconds: Double) {
    // Half a microsecond for rounding.
    if let anchor, seconds - anchor.seconds < FrameMeter.motionStep - 0.5e-6 { return }
    if let anchor {
      let match = BlockMatch(of: grid, in: anchor.grid, reach: 6)
      let step = seconds - anchor.seconds
      motions.append(
        MotionMeasure(
          span: Shot.Span(start: anchor.seconds, end: seconds),
          speed: match.distance / Double(grid.side) / step))
    }
    anchor = (grid, seconds)
  }

  /// How little an earlier picture explains a later one: the residual of matching blocks over the contrast of the two.
  /// About 0.05 to 0.2 within a scene, whatever moves, and 0.4 and more between unrelated ones, bright or dark.
  private static func novelty(
    _ now: (grid: LumaGrid, contrast: Double), after earlier: (grid: LumaGrid, contrast: Double)
  ) -> Double {
    let match = BlockMatch(of: now.grid, in: earlier.grid, reach: 4)
    return match.residual / (max(now.contrast, earlier.contrast) + 0.02)
  }
}

/// Which samples of a picture are not dark.
private struct Lit {
  var rows: [UInt8]
  var columns: [UInt8]
  var brightness: Double
  var darkShare: Double

  init(_ grid: LumaGrid) {
    let side = grid.side
    var rows = [UInt8](repeating: 0, count: side)
    var columns = rows
    var (sum, lit) = (0, 0)
    grid.samples.withUnsafeBufferPointer { samples in
      columns.withUnsafeMutableBufferPointer { columns in
        for y in 0..<side {
          var (rowSum, rowLit): (Int32, Int32) = (0, 0)
          for x in 0..<side {
            let sample = samples[y &* side &+ x]
            rowSum &+= Int32(sample)
            let isLit: UInt8 = sample >= FrameMeter.dark ? 1 : 0
            rowLit &+= Int32(isLit)
            columns[x] &+= isLit
          }
          rows[y] = UInt8(rowLit)
          sum += Int(rowSum)
          lit += Int(rowLit)
        }
      }
    }
    self.rows = rows
    self.columns = columns
    brightness = Double(sum) / Double(255 * side * side)
    darkShare = 1 - Double(lit) / Double(side * side)
  }
}
