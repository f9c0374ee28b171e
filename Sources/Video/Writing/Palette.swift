/// At most 255 colours that stand for all colours of some pictures.
///
/// Pictures of no more colours keep them exactly. Else the cube of colours is split in two again and again, always the
/// box whose colours differ most from their mean, at the mean of the axis along which they differ most (Wan, Wong and
/// Prusinkiewicz, "An algorithm for multidimensional data clustering", 1988); each box's mean is a colour.
struct Palette {
  /// The most colours; one of a gif's 256 means "as before".
  static let mostColours = 255

  typealias Colour = SIMD3<UInt8>

  let colours: [Colour]
  /// All colours of the pictures are in the palette.
  let isExact: Bool

  init(colours: [Colour], isExact: Bool) {
    self.colours = colours
    self.isExact = isExact
  }

  init(of pictures: some Sequence<Picture>) {
    if let few = Palette.distinct(pictures) {
      colours = few
      isExact = true
      return
    }
    var boxes = [ColourBox(Palette.histogram(of: pictures))]
    while boxes.count < Palette.mostColours,
      let worst = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }), boxes[worst].error > 0
    {
      let (low, high) = boxes[worst].halves
      boxes[worst] = low
      boxes.append(high)
    }
    colours = boxes.map(\.mean)
    isExact = false
  }

  /// All colours in the order of their values; nil when they are more than fit.
  private static func distinct(_ pictures: some Sequence<Picture>) -> [Colour]? {
    var known: Set<UInt32> = []
    var last: UInt32?
    for picture in pictures {
      for i in stride(from: 0, to: picture.pixels.count, by: 3) {
        let value =
          UInt32(picture.pixels[i]) << 16 | UInt32(picture.pixels[i + 1]) << 8 | UInt32(picture.pixels[i + 2])
        if value == last { continue }
        last = value
        if known.insert(value).inserted, known.count > mostColours { return nil }
      }
    }
    return known.sorted().map {
      Colour(
        UInt8(truncatingIfNeeded: $0 >> 16), UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)
      )
    }
  }

  /// Colours counted by their upper six bits, with their exact means.
  private static func histogram(of pictures: some Sequence<Picture>) -> [ColourBox.Cell] {
    var cells = [ColourBox.Cell](repeating: .init(), count: 1 << 18)
    for picture in pictures {
      picture.pixels.withUnsafeBufferPointer { pixels in
        for i in stride(from: 0, to: pixels.count, by: 3) {
          let (r, g, b) = (pixels[i], pixels[i + 1], pixels[i + 2])
          let cell = Int(r >> 2) << 12 | Int(g >> 2) << 6 | Int(b >> 2)
          cells[cell].weight += 1
          cells[cell].sum += SIMD3(Double(r), Double(g), Double(b))
        }
      }
    }
    return cells.filter { $0.weight > 0 }
  }
}

/// Colours of a part of the cube, with how often each occurs.
private struct ColourBox {
  struct Cell {
    var weight = 0.0
    var sum = SIMD3<Double>.zero
    var mean: SIMD3<Double> { sum / weight }
  }

  private let cells: [Cell]
  private let weight: Double
  private let centre: SIMD3<Double>
  /// The sum of squared distances from the mean, by axis.
  private let spread: SIMD3<Double>

  init(_ cells: [Cell]) {
    self.cells = cells
    weight = cells.reduce(0) { $0 + $1.weight }
    let centre = cells.reduce(SIMD3.zero) { $0 + $1.sum } / weight
    self.centre = centre
    spread = cells.reduce(SIMD3.zero) { $0 + $1.weight * ($1.mean - centre) * ($1.mean - centre) }
  }

  /// What it costs to show all colours of the box as one; 0 for a box that cannot be split.
  var error: Double { cells.count > 1 ? spread.sum() : 0 }

  var mean: Palette.Colour {
    let rounded = centre.rounded(.toNearestOrAwayFromZero)
    return Palette.Colour(UInt8(rounded.x), UInt8(rounded.y), UInt8(rounded.z))
  }

  var halves: (ColourBox, ColourBox) {
    let axis = spread.x >= spread.y && spread.x >= spread.z ? 0 : spread.y >= spread.z ? 1 : 2
    let low = cells.filter { $0.mean[axis] <= centre[axis] }
    let high = cells.filter { $0.mean[axis] > centre[axis] }
    return (ColourBox(low), ColourBox(high))
  }
}
