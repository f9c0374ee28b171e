import Tensors
import Testing

@testable import Objectives

struct RandomErasingTests {
  private func boxes(_ height: Int, _ width: Int, _ count: Int = 2000) -> [ClipBox?] {
    (0..<count).map { step in
      var stream = RandomStream(seed: 1, purpose: .check, step: step)
      return RandomErasing.box(height: height, width: width, &stream)
    }
  }

  @Test func boxesHaveTheSizesOfThePaper() {
    let boxes = boxes(100, 200).compactMap(\.self)
    #expect(boxes.count == 2000)
    let shares = boxes.map { Double($0.area) / 20_000 }
    // Rounding of the sides moves a share by some tenths of a percent.
    #expect(shares.min()! > 0.015 && shares.min()! < 0.03 && shares.max()! < 0.34 && shares.max()! > 0.3)
    // Flat and steep boxes do not all fit in other pictures than square ones, large ones the least.
    let mean = self.boxes(150, 150).compactMap(\.self).reduce(0) { $0 + Double($1.area) / 22_500 } / 2000
    #expect(abs(mean - (0.02 + 1 / 3.0) / 2) < 0.01)
    let ratios = boxes.map { Double($0.bottom - $0.top) / Double($0.right - $0.left) }
    #expect(ratios.min()! > 0.27 && ratios.max()! < 3.7)
    #expect(boxes.allSatisfy { $0.top >= 0 && $0.left >= 0 && $0.bottom <= 100 && $0.right <= 200 })
    #expect(boxes.contains { $0.top == 0 } && boxes.contains { $0.right == 200 })
  }

  @Test func nothingFitsInAPixel() { #expect(boxes(1, 1, 5) == Array(repeating: nil, count: 5)) }

  private func erased(_ filling: RandomErasing.Filling, probability: Double = 1, clips: Int = 1) -> Tensor {
    let tensor = Tensor.zeros([clips, 2, 3, 30, 40])
    tensor.fill(9)
    RandomErasing(probability: probability, filling: filling, means: [0.25, -0.5], deviations: [1, 2])
      .erase(tensor, at: Position(seed: 1, step: 1))
    return tensor
  }

  @Test func theBoxIsTheSameInAllFrames() {
    for filling in RandomErasing.Filling.allCases {
      let values = erased(filling).values
      let planes = (0..<6).map { values[$0 * 1200..<($0 + 1) * 1200].map { $0 != 9 } }
      #expect(planes.allSatisfy { $0 == planes[0] } && planes[0].contains(true) && planes[0].contains(false))
    }
  }

  @Test func theMeanColourIsThatOfTheChannel() {
    let values = erased(.mean).values
    #expect(Set(values[..<3600]) == [9, 0.25] && Set(values[3600...]) == [9, -0.5])
  }

  @Test func noiseHasTheMomentsOfTheChannel() {
    let values = erased(.noise, clips: 200).values
    for channel in 0..<2 {
      var (count, sum, squares) = (0.0, 0.0, 0.0)
      for clip in 0..<200 {
        let start = (clip * 2 + channel) * 3600
        for value in values[start..<start + 3600] where value != 9 {
          count += 1
          sum += Double(value)
          squares += Double(value) * Double(value)
        }
      }
      let mean = sum / count
      let variance = squares / count - mean * mean
      #expect(
        abs(mean - (channel == 0 ? 0.25 : -0.5)) < 0.02 && abs(variance - (channel == 0 ? 1.0 : 4.0)) < 0.1)
    }
  }

  @Test func someClipsAreErased() {
    let values = erased(.mean, probability: 0.25, clips: 800).values
    let count = (0..<800).count { clip in values[clip * 7200..<(clip + 1) * 7200].contains { $0 != 9 } }
    #expect(abs(Double(count) / 800 - 0.25) < 0.05)
  }
}
