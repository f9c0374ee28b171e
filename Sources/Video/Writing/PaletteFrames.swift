import CLibAV

/// Turns pictures into frames of colour numbers; what a colour misses is passed on to the pixels beside and below it
/// (Floyd and Steinberg, 1976), so that areas keep their mean.
final class PaletteFrames {
  private let palette: Palette
  private var numbers: [UInt32: UInt8] = [:]
  /// The nearest colour of each cell of the cube of colours (upper six bits), found when first asked for; −1 before.
  private var nearest = [Int16](repeating: -1, count: 1 << 18)

  init(_ palette: Palette) {
    self.palette = palette
    for (i, colour) in palette.colours.enumerated() { numbers[Self.key(colour)] = UInt8(i) }
  }

  /// The frame of a picture, with the palette.
  func frame(of picture: Picture) -> FrameMemory {
    let frame = FrameMemory.forWriting(width: picture.width, height: picture.height, format: AV_PIX_FMT_PAL8)
    let row = Int(frame.pointer.pointee.linesize.0)
    let target = frame.pointer.pointee.data.0!
    if palette.isExact {
      number(picture, target, row)
    } else {
      diffuse(picture, target, row)
    }
    // Numbers without a colour are transparent: the encoder uses the first for pixels that stay as they were.
    frame.pointer.pointee.data.1!.withMemoryRebound(to: UInt32.self, capacity: 256) { table in
      table.update(repeating: 0, count: 256)
      for (i, colour) in palette.colours.enumerated() { table[i] = 0xff00_0000 | Self.key(colour) }
    }
    return frame
  }

  private static func key(_ colour: Palette.Colour) -> UInt32 {
    UInt32(colour.x) << 16 | UInt32(colour.y) << 8 | UInt32(colour.z)
  }

  private func number(_ picture: Picture, _ target: UnsafeMutablePointer<UInt8>, _ row: Int) {
    var last: (key: UInt32, number: UInt8)?
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        let i = 3 * (y * picture.width + x)
        let key = Self.key(.init(picture.pixels[i], picture.pixels[i + 1], picture.pixels[i + 2]))
        if last?.key != key { last = (key, numbers[key]!) }
        target[y * row + x] = last!.number
      }
    }
  }

  private func diffuse(_ picture: Picture, _ target: UnsafeMutablePointer<UInt8>, _ row: Int) {
    let width = picture.width
    let none = SIMD3<Int32>.zero
    // Errors in sixteenths, with a column of room on either side.
    var (here, below) = (
      [SIMD3<Int32>](repeating: none, count: width + 2), [SIMD3<Int32>](repeating: none, count: width + 2)
    )
    for y in 0..<picture.height {
      for i in below.indices { below[i] = none }
      // Every other row from the right, so that errors do not all drift one way.
      let step = y % 2 == 0 ? 1 : -1
      for n in 0..<width {
        let x = step > 0 ? n : width - 1 - n
        let i = 3 * (y * width + x)
        let colour = SIMD3(
          Int32(picture.pixels[i]), Int32(picture.pixels[i + 1]), Int32(picture.pixels[i + 2]))
        let wanted = (colour &+ (here[x + 1] &+ 8) &>> 4).clamped(
          lowerBound: none, upperBound: .init(repeating: 255))
        let chosen = number(nearestTo: wanted)
        target[y * row + x] = UInt8(chosen)
        let error = wanted &- SIMD3<Int32>(truncatingIfNeeded: palette.colours[chosen])
        here[x + 1 + step] &+= 7 &* error
        below[x + 1 - step] &+= 3 &* error
        below[x + 1] &+= 5 &* error
        below[x + 1 + step] &+= error
      }
      swap(&here, &below)
    }
  }

  private func number(nearestTo colour: SIMD3<Int32>) -> Int {
    let cell = Int(colour.x >> 2) << 12 | Int(colour.y >> 2) << 6 | Int(colour.z >> 2)
    if nearest[cell] >= 0 { return Int(nearest[cell]) }
    let centre = (colour &>> 2) &<< 2 &+ 2
    var best = (number: 0, distance: Int32.max)
    for (i, candidate) in palette.colours.enumerated() {
      let difference = SIMD3<Int32>(truncatingIfNeeded: candidate) &- centre
      let distance = (difference &* difference).wrappedSum()
      if distance < best.distance { best = (i, distance) }
    }
    nearest[cell] = Int16(best.number)
    return best.number
  }
}
