import Foundation
import Video

/// A textured scene in which things move: another one for each seed, the same picture for the same seed and time.
package struct DrawnScene {
  private let waves: [(x: Double, y: Double, phase: Double, height: Double)]
  private let boxes: [(x: Double, y: Double, width: Double, height: Double, speed: Double, level: Double)]
  private let ground: Double
  private let drift: Double

  /// The scene of a seed.
  package init(_ seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func draw(_ range: ClosedRange<Double>) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Double(state >> 40) / Double(1 << 24) * (range.upperBound - range.lowerBound)
    }
    ground = draw(90...160)
    drift = draw(0.02...0.15)
    waves = (0..<4).map { _ in (draw(-9...9), draw(-9...9), draw(0...6), draw(10...25)) }
    boxes = (0..<6).map { _ in
      (draw(0...1), draw(0...0.8), draw(0.08...0.3), draw(0.08...0.3), draw(-0.3...0.3), draw(20...235))
    }
  }

  /// What is seen after so many seconds, 20 to 235; `gain` scales it all.
  package func picture(_ seconds: Double, width: Int = 96, height: Int = 64, gain: Double = 1) -> Picture {
    // sin(a + b) by the sines and cosines of a and b: a few of them a row and column, not a few a pixel.
    let across = (0..<width).map { x in
      waves.map { $0.x * (Double(x) / Double(width) + drift * seconds) + $0.phase }.map { (sin($0), cos($0)) }
    }
    let places = boxes.map { box in (box.x + box.speed * seconds).truncatingRemainder(dividingBy: 1.3) }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for y in 0..<height {
      let v = Double(y) / Double(height)
      let down = waves.map { (height: $0.height, sine: sin($0.y * v), cosine: cos($0.y * v)) }
      for x in 0..<width {
        let u = Double(x) / Double(width)
        var level = ground
        for i in 0..<4 {
          level += down[i].height * (across[x][i].0 * down[i].cosine + across[x][i].1 * down[i].sine)
        }
        for i in boxes.indices
        where u >= places[i] && u < places[i] + boxes[i].width && v >= boxes[i].y
          && v < boxes[i].y + boxes[i].height
        { level = boxes[i].level }
        let byte = UInt8(max(20, min(235, level * gain)))
        pixels += [byte, byte, byte]
      }
    }
    return Picture(width: width, height: height, pixels: pixels)
  }

  /// So many frames of it from the beginning.
  package func pictures(_ frames: Int, rate: Double = 25) -> [Picture] {
    (0..<frames).map { picture(Double($0) / rate) }
  }
}

/// A picture of half the size, each pixel the mean of four.
package func halved(_ picture: Picture) -> Picture {
  var half = Picture(width: picture.width / 2, height: picture.height / 2)
  for y in 0..<half.height {
    for x in 0..<half.width {
      let sum = [(0, 0), (1, 0), (0, 1), (1, 1)].reduce(0) { $0 + Int(picture[2 * x + $1.0, 2 * y + $1.1].g) }
      half[x, y] = (UInt8(sum / 4), UInt8(sum / 4), UInt8(sum / 4))
    }
  }
  return half
}
