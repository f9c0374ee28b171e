/// Where each block of a picture was in an earlier one: the place with the least sum of absolute differences.
struct BlockMatch {
  /// Samples a block has in a row, and rows.
  static let block = 8

  /// The least mean absolute difference over all blocks, 0 to 1: what no shift of blocks explains.
  let residual: Double
  /// How far blocks moved, in samples, the mean over all.
  let distance: Double

  /// Searches every place up to `reach` samples away, across and down.
  init(of grid: LumaGrid, in earlier: LumaGrid, reach: Int) {
    let (side, block) = (grid.side, BlockMatch.block)
    var residual: Int32 = 0
    var distance = 0.0
    grid.samples.withUnsafeBufferPointer { now in
      earlier.samples.withUnsafeBufferPointer { before in
        let search = Search(now: now.baseAddress!, before: before.baseAddress!, side: side)
        for y in stride(from: 0, through: side - block, by: block) {
          for x in stride(from: 0, through: side - block, by: block) {
            let best = search.best(x: x, y: y, reach: reach)
            residual &+= best.difference
            distance += best.distance
          }
        }
      }
    }
    let blocks = (side / block) * (side / block)
    self.residual = Double(residual) / Double(255 * blocks * block * block)
    self.distance = distance / Double(blocks)
  }
}

private struct Search {
  let now: UnsafePointer<UInt8>
  let before: UnsafePointer<UInt8>
  let side: Int

  /// A shift counts as motion only when it explains a block better than rest by this much a sample: below it noise
  /// decides.
  private static let gain: Int32 = 2

  func best(x: Int, y: Int, reach: Int) -> (difference: Int32, distance: Double) {
    let block = BlockMatch.block
    let rest = difference(x, y, 0, 0, limit: .max)
    var (least, u, v) = (rest, 0, 0)
    for dy in max(-reach, -y)...min(reach, side - block - y) {
      for dx in max(-reach, -x)...min(reach, side - block - x) {
        let found = difference(x, y, dx, dy, limit: least)
        if found < least { (least, u, v) = (found, dx, dy) }
      }
    }
    guard rest &- least >= Search.gain * Int32(block * block) else { return (least, 0) }
    let across = Double(u) + finer(x, y, u, v, least, (1, 0))
    let down = Double(v) + finer(x, y, u, v, least, (0, 1))
    return (least, (across * across + down * down).squareRoot())
  }

  /// Where between samples the least difference lies along one axis: the tip of a parabola through three differences.
  private func finer(_ x: Int, _ y: Int, _ u: Int, _ v: Int, _ least: Int32, _ axis: (x: Int, y: Int))
    -> Double
  {
    func lies(_ place: Int) -> Bool { place >= 0 && place <= side - BlockMatch.block }
    guard lies(x + u - axis.x), lies(x + u + axis.x), lies(y + v - axis.y), lies(y + v + axis.y) else {
      return 0
    }
    let before = Double(difference(x, y, u - axis.x, v - axis.y, limit: .max))
    let after = Double(difference(x, y, u + axis.x, v + axis.y, limit: .max))
    let curvature = before + after - 2 * Double(least)
    return curvature > 0 ? max(-0.5, min(0.5, 0.5 * (before - after) / curvature)) : 0
  }

  /// The sum of absolute differences of a block at (x, y) to the earlier picture at (x + dx, y + dy), or anything not
  /// below `limit` once it is sure to be so.
  private func difference(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int, limit: Int32) -> Int32 {
    var sum: Int32 = 0
    for row in 0..<BlockMatch.block {
      let a = now + ((y + row) * side + x)
      let b = before + ((y + dy + row) * side + x + dx)
      for i in 0..<BlockMatch.block { sum &+= abs(Int32(a[i]) &- Int32(b[i])) }
      if sum >= limit { return sum }
    }
    return sum
  }
}
