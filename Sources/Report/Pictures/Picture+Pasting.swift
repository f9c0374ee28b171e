import Video

extension Picture {
  /// Each pixel becomes a square of `factor` × `factor`.
  func enlarged(by factor: Int) -> Picture {
    var samples: [UInt8] = []
    samples.reserveCapacity(pixels.count * factor * factor)
    for y in 0..<height {
      var row: [UInt8] = []
      for x in 0..<width {
        let i = (y * width + x) * 3
        for _ in 0..<factor { row += pixels[i..<i + 3] }
      }
      for _ in 0..<factor { samples += row }
    }
    return Picture(width: width * factor, height: height * factor, pixels: samples)
  }

  /// Each square of `factor` × `factor` becomes its mean; an incomplete one at the right or lower edge is dropped.
  func reduced(by factor: Int) -> Picture {
    let (columns, rows) = (max(1, width / factor), max(1, height / factor))
    var samples: [UInt8] = []
    samples.reserveCapacity(columns * rows * 3)
    for y in 0..<rows {
      for x in 0..<columns {
        for channel in 0..<3 {
          var (sum, count) = (0, 0)
          for v in y * factor..<min((y + 1) * factor, height) {
            for u in x * factor..<min((x + 1) * factor, width) {
              sum += Int(pixels[(v * width + u) * 3 + channel])
              count += 1
            }
          }
          samples.append(UInt8((sum + count / 2) / count))
        }
      }
    }
    return Picture(width: columns, height: rows, pixels: samples)
  }

  /// Puts a picture that fits inside with its top left corner at column `x` and row `y`.
  mutating func paste(_ picture: Picture, x: Int, y: Int) {
    for row in 0..<picture.height {
      let from = row * picture.width * 3, to = ((y + row) * width + x) * 3
      pixels.replaceSubrange(
        to..<to + picture.width * 3, with: picture.pixels[from..<from + picture.width * 3])
    }
  }

  /// Gives a rectangle inside one colour.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, with colour: (r: UInt8, g: UInt8, b: UInt8)) {
    guard width > 0 && height > 0 else { return }
    paste(Picture(width: width, height: height, fill: colour), x: x, y: y)
  }
}
