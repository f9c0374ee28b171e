import GradientCheck
import Tensors

/// Errors of reconstructions at which sums of absolute values have slopes: |x| has a kink at 0, so all that sizes are taken of
/// must be further from 0 than the gradient check's longest step, a quarter, can move it.
enum ErrorPatterns {
  /// Numbers [B, F, H, W, C] of which none is near 0 or near a neighbour in x, y or time.
  static func apart(_ shape: [Int]) -> [Float] {
    let steps = [shape[1...].reduce(1, *), shape[2...].reduce(1, *), shape[3] * shape[4], shape[4]]
    var stream = RandomStream(seed: 5, purpose: .check)
    var values: [Float] = []
    for index in 0..<shape.reduce(1, *) {
      var free: [Float] = [-2.4, -1.6, -0.8, 0.8, 1.6, 2.4]
      // Along time, y and x.
      for axis in 1...3 where index % steps[axis - 1] >= steps[axis] {
        let neighbour = values[index - steps[axis]]
        free.removeAll { abs($0 - neighbour) < 0.4 }
      }
      values.append(free[Int(stream.next() % UInt32(free.count))] + 0.1 * (Float(stream.uniform()) - 0.5))
    }
    return values
  }

  /// Numbers [B, F, H, W, C] whose coefficients in a Haar pyramid are all near 1 or −1, but for those of odd sides that are 0
  /// whatever the numbers are.
  static func ofCoefficients(_ shape: [Int], levels: Int) -> [Float] {
    var stream = RandomStream(seed: 6, purpose: .check)
    func coefficient() -> Float { (stream.next() % 2 == 0 ? 1 : -1) * (1 + 0.2 * Float(stream.uniform())) }
    func picture(_ height: Int, _ width: Int, _ levels: Int) -> [[Float]] {
      guard levels > 0, max(height, width) > 1 else {
        return (0..<height).map { _ in (0..<width).map { _ in coefficient() } }
      }
      let low = picture((height + 1) / 2, (width + 1) / 2, levels - 1)
      var result = [[Float]](repeating: [Float](repeating: 0, count: width), count: height)
      for (v, line) in low.enumerated() {
        for (u, value) in line.enumerated() {
          let (twoRows, twoColumns) = (2 * v + 1 < height, 2 * u + 1 < width)
          let (dx, dy) = (twoColumns ? coefficient() : 0, twoRows ? coefficient() : 0)
          let dxy = twoRows && twoColumns ? coefficient() : 0
          result[2 * v][2 * u] = value + dx + dy + dxy
          if twoColumns { result[2 * v][2 * u + 1] = value - dx + dy - dxy }
          if twoRows { result[2 * v + 1][2 * u] = value + dx - dy - dxy }
          if twoRows && twoColumns { result[2 * v + 1][2 * u + 1] = value - dx - dy + dxy }
        }
      }
      return result
    }
    let (pictures, height, width, channels) = (shape[0] * shape[1], shape[2], shape[3], shape[4])
    var values = [Float](repeating: 0, count: shape.reduce(1, *))
    for index in 0..<pictures {
      for channel in 0..<channels {
        let one = picture(height, width, levels)
        for y in 0..<height {
          for x in 0..<width {
            values[((index * height + y) * width + x) * channels + channel] = one[y][x]
          }
        }
      }
    }
    return values
  }
}
