import Video

/// Words as pixels: broken into lines of a given width and drawn into a picture.
struct PixelText {
  /// The lines, from the top.
  let lines: [String]
  /// Pixels a font pixel, across and down.
  let scale: Int

  /// Pixels from one letter to the next, and from one line to the next.
  var advance: Int { (PixelFont.width + 1) * scale }
  var lineHeight: Int { (PixelFont.height + 2) * scale }

  /// Pixels of all lines, down.
  var height: Int { lines.count * lineHeight }

  /// Breaks a text at its spaces so that no line is wider than `width` pixels; a word that is too long for a line is
  /// broken inside.
  init(_ text: String, width: Int, scale: Int) {
    self.scale = scale
    let most = max(1, (width + scale) / ((PixelFont.width + 1) * scale))
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      if !line.isEmpty && line.count + 1 + word.count > most {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
      while line.count > most {
        lines.append(String(line.prefix(most)))
        line.removeFirst(most)
      }
    }
    self.lines = line.isEmpty ? lines : lines + [line]
  }

  /// Draws the lines with their top left corner at column `x` and row `y`; what lies outside the picture is left out.
  func draw(into picture: inout Picture, x: Int, y: Int, ink: (r: UInt8, g: UInt8, b: UInt8)) {
    for (row, line) in lines.enumerated() {
      for (column, character) in line.enumerated() {
        let glyph = PixelFont.glyph(character)
        for (index, isInk) in glyph.enumerated() where isInk {
          let left = x + column * advance + index % PixelFont.width * scale
          let top = y + row * lineHeight + index / PixelFont.width * scale
          for v in top..<top + scale where (0..<picture.height).contains(v) {
            for u in left..<left + scale where (0..<picture.width).contains(u) { picture[u, v] = ink }
          }
        }
      }
    }
  }
}
