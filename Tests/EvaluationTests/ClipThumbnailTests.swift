import Testing
import Video

@testable import Evaluation

struct ClipThumbnailTests {
  private func noise(_ width: Int, _ height: Int) -> Picture {
    var state: UInt32 = 1
    return Picture(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      })
  }

  @Test func aPictureOfThatSizeIsItsOwnThumbnail() {
    let picture = noise(16, 16)
    #expect(ClipThumbnail([picture, picture]).samples == picture.pixels + picture.pixels)
    #expect(ClipThumbnail([picture, picture]).frames == 2)
  }

  @Test func wholeSquaresBecomeTheirMean() {
    let picture = noise(48, 32)
    let thumbnail = ClipThumbnail([picture]).samples
    for (column, row) in [(0, 0), (15, 15), (7, 3)] {
      for channel in 0..<3 {
        var sum = 0
        for y in 2 * row..<2 * row + 2 {
          for x in 3 * column..<3 * column + 3 { sum += Int(picture.pixels[(y * 48 + x) * 3 + channel]) }
        }
        #expect(Int(thumbnail[(row * 16 + column) * 3 + channel]) == (sum + 3) / 6)
      }
    }
  }

  /// Cells that cut pixels, and pixels that cut cells, take their shares of them.
  @Test(arguments: [(20, 9), (3, 17), (16, 1), (37, 100)])
  func partsCountByTheirArea(width: Int, height: Int) {
    let picture = noise(width, height)
    let thumbnail = ClipThumbnail([picture]).samples
    func overlap(_ cell: Int, _ pixel: Int, _ size: Int) -> Double {
      let scale = Double(size) / 16
      let (low, high) = (Double(cell) * scale, Double(cell + 1) * scale)
      return max(0, min(high, Double(pixel + 1)) - max(low, Double(pixel))) / scale
    }
    for (column, row) in [(0, 0), (15, 15), (8, 5)] {
      for channel in 0..<3 {
        var mean = 0.0
        for y in 0..<height {
          for x in 0..<width {
            mean +=
              overlap(column, x, width) * overlap(row, y, height)
              * Double(picture.pixels[(y * width + x) * 3 + channel])
          }
        }
        #expect(abs(Double(thumbnail[(row * 16 + column) * 3 + channel]) - mean) <= 0.5 + 1e-9)
      }
    }
  }

  @Test func differencesAreSummedOverAllFrames() {
    let black = Picture(width: 8, height: 8, fill: (0, 0, 0))
    let white = Picture(width: 20, height: 4, fill: (255, 255, 255))
    let (dark, bright) = (ClipThumbnail([black, black]), ClipThumbnail([white, white]))
    #expect(dark.squaredError(to: bright) == 2 * 768 * 255 * 255)
    #expect(dark.squaredError(to: ClipThumbnail([white, black])) == 768 * 255 * 255)
    #expect(bright.squaredError(to: bright) == 0)
  }
}
