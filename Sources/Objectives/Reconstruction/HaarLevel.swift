import Tensors

/// One level of a Haar transform: a picture [H, W, C] and its four bands [4, H/2, W/2, C], sides rounded up. Band 0 is low, the
/// others are the details in x, in y and in both.
struct HaarLevel {
  let from: FrameSize, to: FrameSize
  let bands: UnsafeMutablePointer<Float>
  /// Four lines of half a picture's width.
  private let left: UnsafeMutablePointer<Float>, right: UnsafeMutablePointer<Float>
  private let lowerLeft: UnsafeMutablePointer<Float>, lowerRight: UnsafeMutablePointer<Float>

  init(from: FrameSize, bands: UnsafeMutablePointer<Float>, lines: UnsafeMutablePointer<Float>) {
    self.from = from
    to = from.halved
    self.bands = bands
    left = lines
    right = lines + to.line
    lowerLeft = lines + 2 * to.line
    lowerRight = lines + 3 * to.line
  }

  /// Numbers of a band.
  var places: Int { to.count }

  /// A picture to its bands.
  func transform(_ picture: UnsafePointer<Float>) {
    for y in 0..<to.height {
      split(picture + 2 * y * from.line, left, right)
      split(picture + min(2 * y + 1, from.height - 1) * from.line, lowerLeft, lowerRight)
      let line = bands + y * to.line
      sweep(to.line) { i, n in
        let (a, b) = (load(left, i, n), load(right, i, n))
        let (c, d) = (load(lowerLeft, i, n), load(lowerRight, i, n))
        let (upper, lower) = (a + b, c + d)
        let (upperStep, lowerStep) = (a - b, c - d)
        store(0.25 * (upper + lower), line, i, n)
        store(0.25 * (upperStep + lowerStep), line + places, i, n)
        store(0.25 * (upper - lower), line + 2 * places, i, n)
        store(0.25 * (upperStep - lowerStep), line + 3 * places, i, n)
      }
    }
  }

  /// Σ |x| over some bands; puts `factor` times its gradient in their place.
  func takeSigns(of range: Range<Int>, factor: Float) -> Double {
    var sum = 0.0
    for line in range.lowerBound * to.height..<range.upperBound * to.height {
      let x = bands + line * to.line
      var total = Lanes(repeating: 0)
      sweep(to.line) { i, c in
        let value = load(x, i, c)
        total += magnitude(value)
        store(signs(value, times: factor), x, i, c)
      }
      sum += Double(total.total)
    }
    return sum
  }

  /// The way back: gradients of the bands to that of the picture.
  /// - Parameter keeps: whether it is added to what stands there; otherwise it takes its place.
  func addTransposed(to picture: UnsafeMutablePointer<Float>, keeps: Bool) {
    if !keeps { picture.update(repeating: 0, count: from.count) }
    for y in 0..<to.height {
      let line = bands + y * to.line
      sweep(to.line) { i, n in
        let (low, dx) = (load(line, i, n), load(line + places, i, n))
        let (dy, dxy) = (load(line + 2 * places, i, n), load(line + 3 * places, i, n))
        store(0.25 * ((low + dx) + (dy + dxy)), left, i, n)
        store(0.25 * ((low - dx) + (dy - dxy)), right, i, n)
        store(0.25 * ((low + dx) - (dy + dxy)), lowerLeft, i, n)
        store(0.25 * ((low - dx) - (dy - dxy)), lowerRight, i, n)
      }
      // At an odd side two of a block's pixels are the same one, which gathers what both have.
      addJoined(left, right, to: picture + 2 * y * from.line)
      addJoined(lowerLeft, lowerRight, to: picture + min(2 * y + 1, from.height - 1) * from.line)
    }
  }

  /// Pixels of even places of a line, and those of odd ones; the last one twice if the line is odd.
  private func split(
    _ line: UnsafePointer<Float>, _ even: UnsafeMutablePointer<Float>, _ odd: UnsafeMutablePointer<Float>
  ) {
    let channels = from.channels
    var (i, source) = (0, line)
    for _ in 0..<from.width / 2 {
      for c in 0..<channels {
        even[i &+ c] = source[c]
        odd[i &+ c] = source[channels &+ c]
      }
      i &+= channels
      source += 2 &* channels
    }
    if from.width % 2 == 1 {
      for c in 0..<channels {
        even[i &+ c] = source[c]
        odd[i &+ c] = source[c]
      }
    }
  }

  /// The way back of `split`.
  private func addJoined(
    _ even: UnsafePointer<Float>, _ odd: UnsafePointer<Float>, to line: UnsafeMutablePointer<Float>
  ) {
    let channels = from.channels
    var (i, target) = (0, line)
    for _ in 0..<from.width / 2 {
      for c in 0..<channels {
        target[c] += even[i &+ c]
        target[channels &+ c] += odd[i &+ c]
      }
      i &+= channels
      target += 2 &* channels
    }
    if from.width % 2 == 1 {
      for c in 0..<channels { target[c] += even[i &+ c] + odd[i &+ c] }
    }
  }
}
