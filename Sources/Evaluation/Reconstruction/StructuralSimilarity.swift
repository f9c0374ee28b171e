import Foundation
import Tensors

/// How alike two pictures look by the means, deviations and correlation of small windows: SSIM, 1 for equal pictures.
///
///     SSIM = (2 μx μy + c1) (2 σxy + c2) / ((μx² + μy² + c1) (σx² + σy² + c2))
///     c1 = (0.01 · 2)²,  c2 = (0.03 · 2)²          values from −1 to 1, so their range is 2
///
/// Mean over all windows that lie within the picture. Windows are Gaussian with a deviation of 1.5 pixels, 11 × 11, or in
/// pictures with a shorter side as many as the largest odd number that fits. Wang, Bovik, Sheikh and Simoncelli, "Image
/// quality assessment: from error visibility to structural similarity", 2004.
struct StructuralSimilarity: Sendable {
  private let height: Int, width: Int
  /// The window along one side; it is the same in both.
  private let window: [Float]

  /// SSIM of pictures of a size.
  init(height: Int, width: Int) {
    (self.height, self.width) = (height, width)
    let shorter = min(11, height, width)
    let side = shorter % 2 == 1 ? shorter : shorter - 1
    let weights = (0..<side).map { place in
      let x = Double(place - side / 2) / 1.5
      return exp(-x * x / 2)
    }
    let total = weights.reduce(0, +)
    window = weights.map { Float($0 / total) }
  }

  /// Floats that `mean` works in: a line of each of the five sums, and one of results.
  var scratchFloats: Int { 6 * width }

  /// The mean over the windows of one plane of each of two pictures, both [H, W].
  /// - Parameter scratch: `scratchFloats` of them.
  func mean(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) -> Double {
    let (rows, columns) = (height - window.count + 1, width - window.count + 1)
    var total = 0.0
    for row in 0..<rows {
      sumDown(x + row * width, y + row * width, scratch)
      let result = scratch + 5 * width
      sweep(columns) { i, c in store(similarity(scratch, i, c), result, i, c) }
      total += Double(sum(result, columns))
    }
    return total / Double(rows * columns)
  }

  /// Weighted sums over a window's rows: lines of x, y, x², y² and xy.
  private func sumDown(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ lines: UnsafeMutablePointer<Float>
  ) {
    window.withUnsafeBufferPointer { window in
      sweep(width) { i, c in
        var (sumX, sumY) = (Lanes(repeating: 0), Lanes(repeating: 0))
        var (sumXX, sumYY, sumXY) = (sumX, sumX, sumX)
        for k in 0..<window.count {
          let weight = Lanes(repeating: window[k])
          let (a, b) = (load(x + k &* width, i, c), load(y + k &* width, i, c))
          let (weightedA, weightedB) = (weight * a, weight * b)
          sumX += weightedA
          sumY += weightedB
          sumXX.addProduct(weightedA, a)
          sumYY.addProduct(weightedB, b)
          sumXY.addProduct(weightedA, b)
        }
        store(sumX, lines, i, c)
        store(sumY, lines + width, i, c)
        store(sumXX, lines + 2 &* width, i, c)
        store(sumYY, lines + 3 &* width, i, c)
        store(sumXY, lines + 4 &* width, i, c)
      }
    }
  }

  /// The similarity of windows that begin at columns i..<i + lanes.
  @inline(__always)
  private func similarity(_ lines: UnsafePointer<Float>, _ i: Int, _ lanes: Int) -> Lanes {
    let (meanX, meanY) = (across(lines, i, lanes), across(lines + width, i, lanes))
    let (xx, yy, xy) = (meanX * meanX, meanY * meanY, meanX * meanY)
    let varianceX = across(lines + 2 * width, i, lanes) - xx
    let varianceY = across(lines + 3 * width, i, lanes) - yy
    let covariance = across(lines + 4 * width, i, lanes) - xy
    let c1: Float = 0.02 * 0.02
    let c2: Float = 0.06 * 0.06
    return ((2 * xy + c1) * (2 * covariance + c2)) / ((xx + yy + c1) * (varianceX + varianceY + c2))
  }

  /// The weighted sum over a window's columns.
  @inline(__always)
  private func across(_ line: UnsafePointer<Float>, _ i: Int, _ lanes: Int) -> Lanes {
    window.withUnsafeBufferPointer { window in
      var total = Lanes(repeating: 0)
      for k in 0..<window.count { total.addProduct(Lanes(repeating: window[k]), load(line + k, i, lanes)) }
      return total
    }
  }
}
