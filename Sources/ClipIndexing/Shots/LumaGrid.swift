import Video

/// Square pictures of brightness at a resolution of their own, and how they compare.
struct LumaGrid: Sendable {
  let side: Int
  let samples: [UInt8]

  init(_ picture: LumaPicture) {
    side = picture.side
    samples = picture.samples
  }

  private init(side: Int, samples: [UInt8]) {
    self.side = side
    self.samples = samples
  }

  /// The means of 2 × 2 samples.
  var halved: LumaGrid {
    let small = side / 2
    let means = [UInt8](unsafeUninitializedCapacity: small * small) { means, count in
      samples.withUnsafeBufferPointer { samples in
        for y in 0..<small {
          for x in 0..<small {
            let i = 2 * y * side + 2 * x
            let sum =
              Int32(samples[i]) &+ Int32(samples[i &+ 1]) &+ Int32(samples[i &+ side])
              &+ Int32(samples[i &+ side &+ 1])
            means[y &* small &+ x] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
          }
        }
      }
      count = small * small
    }
    return LumaGrid(side: small, samples: means)
  }

  /// The means of `columns` × `rows` cells, row by row.
  func cells(columns: Int, rows: Int) -> [UInt8] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        let (top, bottom) = (row * side / rows, (row + 1) * side / rows)
        let (left, right) = (column * side / columns, (column + 1) * side / columns)
        var sum = 0
        samples.withUnsafeBufferPointer { samples in
          for y in top..<bottom { for x in left..<right { sum &+= Int(samples[y &* side &+ x]) } }
        }
        let count = (bottom - top) * (right - left)
        return UInt8((sum + count / 2) / count)
      }
    }
  }

  /// The mean absolute difference, 0 to 1.
  func change(from other: LumaGrid) -> Double {
    var sum: Int32 = 0
    samples.withUnsafeBufferPointer { a in
      other.samples.withUnsafeBufferPointer { b in
        for i in 0..<a.count { sum &+= abs(Int32(a[i]) &- Int32(b[i])) }
      }
    }
    return Double(sum) / Double(255 * samples.count)
  }

  /// The mean absolute deviation from the mean, 0 to 1.
  var contrast: Double {
    var (sum, deviation): (Int32, Int32) = (0, 0)
    samples.withUnsafeBufferPointer { samples in
      for sample in samples { sum &+= Int32(sample) }
      let mean = sum / Int32(samples.count)
      for sample in samples { deviation &+= abs(Int32(sample) &- mean) }
    }
    return Double(deviation) / Double(255 * samples.count)
  }

  /// The variance of the Laplacian (four neighbours), of samples from 0 to 1, the outermost ones left out.
  var sharpness: Double {
    var (sum, squares): (Int, Int) = (0, 0)
    samples.withUnsafeBufferPointer { samples in
      for y in 1..<side - 1 {
        var (rowSum, rowSquares): (Int32, Int32) = (0, 0)
        for x in 1..<side - 1 {
          let i = y &* side &+ x
          let around =
            Int32(samples[i &- 1]) &+ Int32(samples[i &+ 1]) &+ Int32(samples[i &- side])
            &+ Int32(samples[i &+ side])
          let value = around &- 4 &* Int32(samples[i])
          rowSum &+= value
          rowSquares &+= value &* value
        }
        sum += Int(rowSum)
        squares += Int(rowSquares)
      }
    }
    let count = Double((side - 2) * (side - 2))
    let mean = Double(sum) / count
    return (Double(squares) / count - mean * mean) / (255 * 255)
  }
}
