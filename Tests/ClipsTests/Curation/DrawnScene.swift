import Foundation
import Video

@testable import Clips

/// A textured scene in which things move: another one for each seed, the same picture for the same seed and time.
struct DrawnScene {
  private let waves: [(x: Double, y: Double, phase: Double, height: Double)]
  private let boxes: [(x: Double, y: Double, width: Double, height: Double, speed: Double, level: Double)]
  private let ground: Double
  private let drift: Double

  init(_ seed: UInt64) {
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
  func picture(_ seconds: Double, width: Int = 96, height: Int = 64, gain: Double = 1) -> Picture {
    var picture = Picture(width: width, height: height)
    let places = boxes.map { box in (box.x + box.speed * seconds).truncatingRemainder(dividingBy: 1.3) }
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
        var level = ground
        for wave in waves {
          level += wave.height * sin(wave.x * (u + drift * seconds) + wave.y * v + wave.phase)
        }
        for (box, place) in zip(boxes, places)
        where u >= place && u < place + box.width && v >= box.y && v < box.y + box.height {
          level = box.level
        }
        let byte = UInt8(max(20, min(235, level * gain)))
        picture[x, y] = (byte, byte, byte)
      }
    }
    return picture
  }

  /// So many frames of it from the beginning.
  func pictures(_ frames: Int, rate: Double = 25) -> [Picture] {
    (0..<frames).map { picture(Double($0) / rate) }
  }
}

/// Writes pictures as a clip of 25 frames a second.
func writeClip(_ pictures: [Picture], to path: String, crf: Int = 20) throws {
  let writer = try VideoWriter(
    path: path, width: pictures[0].width, height: pictures[0].height, frameRate: 25, codec: .h264(crf: crf))
  for picture in pictures { try writer.append(picture) }
  try writer.finish()
}

/// The shots of a clip.
func shots(of path: String) throws -> [Shot] {
  let line = ClipExamination(name: path, limits: .standard).line(of: ClipFile(path: path))
  return line.shots ?? []
}

/// The frames at which shots begin, at 25 a second.
func starts(of shots: [Shot]) -> [Int] { shots.map { Int(($0.start * 25).rounded()) } }
