import Video

extension ConfusionMatrix {
  private typealias Colour = (r: UInt8, g: UInt8, b: UInt8)

  /// Sizes in pixels, by the number of rows.
  private struct Layout {
    let cell: Int
    /// Of the names.
    let scale: Int, letters: Int

    init(rows: Int) {
      (cell, scale, letters) = rows <= 20 ? (30, 2, 20) : rows <= 45 ? (20, 1, 26) : (11, 1, 26)
    }

    /// Pixels from one letter to the next.
    var advance: Int { (PixelFont.width + 1) * scale }
  }

  /// The matrix as a picture: blue for right, red for wrong, the stronger the greater the share of a row's clips, with a
  /// legend below. Cells that have room for it hold the number of clips.
  public var picture: Picture {
    let layout = Layout(rows: names.count)
    let labels = names.map { Self.abbreviated($0, to: layout.letters) }
    let labelSide = labels.map(\.count).max()! * layout.advance + 6
    let side = names.count * layout.cell + 1
    let margin = ContactSheet.margin
    let left = margin + labelSide
    let width = max(left + side + margin, 340)
    let title = PixelText(
      "row: true class, column: predicted class", width: width - 2 * margin, scale: width < 520 ? 1 : 2)
    let top = margin + title.height + 6 + labelSide
    var picture = Picture(width: width, height: top + side + 44 + margin, fill: ContactSheet.paper)
    title.draw(into: &picture, x: margin, y: margin, ink: ContactSheet.ink)
    for (row, label) in labels.enumerated() {
      let word = Self.word(label, layout.scale)
      let inset = (layout.cell - word.height) / 2 + 1
      picture.paste(word, x: left - 5 - word.width, y: top + row * layout.cell + inset)
      let upright = word.turnedLeft
      picture.paste(upright, x: left + row * layout.cell + inset, y: top - 5 - upright.height)
    }
    drawCells(into: &picture, left: left, top: top, layout)
    drawLegend(into: &picture, left: margin, top: top + side + 14)
    return picture
  }

  private func drawCells(into picture: inout Picture, left: Int, top: Int, _ layout: Layout) {
    let side = names.count * layout.cell + 1
    picture.fill(x: left, y: top, width: side, height: side, with: Self.grid)
    let digits = counts.joined().map { "\($0)".count }.max()!
    let hasRoom = digits * (PixelFont.width + 1) + 3 <= layout.cell
    for row in names.indices {
      for column in names.indices {
        let (x, y) = (left + 1 + column * layout.cell, top + 1 + row * layout.cell)
        // What others were taken for among themselves is neither right nor wrong.
        let share = others > 0 && row == column && row == names.count - 1 ? 0 : share(row, column)
        picture.fill(
          x: x, y: y, width: layout.cell - 1, height: layout.cell - 1,
          with: share.map { Self.colour($0, isRight: row == column) } ?? Self.empty)
        guard hasRoom, let share, share > 0 else { continue }
        let number = PixelText("\(counts[row][column])", width: layout.cell, scale: 1)
        let inset = (layout.cell - number.lines[0].count * number.advance) / 2
        number.draw(
          into: &picture, x: x + inset, y: y + (layout.cell - 1 - PixelFont.height) / 2,
          ink: share > 0.45 ? (255, 255, 255) : ContactSheet.ink)
      }
    }
  }

  /// "right" and "wrong", each with its colours from 0 to 100 % of a row.
  private func drawLegend(into picture: inout Picture, left: Int, top: Int) {
    let length = 120
    for (line, name) in ["right", "wrong"].enumerated() {
      let y = top + line * 16
      PixelText(name, width: 80, scale: 1).draw(into: &picture, x: left, y: y, ink: ContactSheet.ink)
      PixelText("0 %", width: 40, scale: 1).draw(into: &picture, x: left + 40, y: y, ink: ContactSheet.ink)
      for x in 0..<length {
        picture.fill(
          x: left + 64 + x, y: y, width: 1, height: 9,
          with: Self.colour(Double(x) / Double(length - 1), isRight: line == 0))
      }
      PixelText("100 % of the row", width: 160, scale: 1).draw(
        into: &picture, x: left + 64 + length + 6, y: y, ink: ContactSheet.ink)
    }
    picture.fill(x: left + 64, y: top + 32, width: 18, height: 9, with: Self.empty)
    PixelText("no clips of the class", width: 220, scale: 1).draw(
      into: &picture, x: left + 88, y: top + 32, ink: ContactSheet.ink)
  }

  private static let grid: Colour = (226, 226, 223)
  private static let empty: Colour = (206, 206, 203)

  /// White for none; the least share that is not none can be told from it.
  private static func colour(_ share: Double, isRight: Bool) -> Colour {
    guard share > 0 else { return (255, 255, 255) }
    let full: Colour = isRight ? (18, 72, 140) : (176, 34, 20)
    let part = 0.15 + 0.85 * share
    func mixed(_ value: UInt8) -> UInt8 { UInt8((255 + (Double(value) - 255) * part).rounded()) }
    return (mixed(full.r), mixed(full.g), mixed(full.b))
  }

  /// A word alone, as wide and high as it is.
  private static func word(_ text: String, _ scale: Int) -> Picture {
    let width = max(1, text.count * (PixelFont.width + 1) * scale)
    var picture = Picture(width: width, height: PixelFont.height * scale, fill: ContactSheet.paper)
    // Blanks must stay, so it is drawn letter by letter.
    for (place, letter) in text.enumerated() {
      PixelText(String(letter), width: width, scale: scale).draw(
        into: &picture, x: place * (PixelFont.width + 1) * scale, y: 0, ink: ContactSheet.ink)
    }
    return picture
  }
}

extension Picture {
  /// A quarter turn to the left: what was the right side is the top.
  fileprivate var turnedLeft: Picture {
    var turned = Picture(width: height, height: width)
    for y in 0..<height {
      for x in 0..<width { turned[y, width - 1 - x] = self[x, y] }
    }
    return turned
  }
}
