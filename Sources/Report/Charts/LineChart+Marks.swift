extension LineChart {
  /// A place in x that something happened at.
  struct Mark: Equatable {
    var x: Double
    /// What it was, in a few words above the plot.
    var words: String
  }

  /// The marks, with as many of their words as have room beside each other.
  func uprights(_ plot: Plot) -> String {
    let places = marks.compactMap { mark in plot.column(of: mark.x).map { (mark: mark, x: $0) } }.sorted {
      $0.x < $1.x
    }
    var free = 0.0
    return places.map { mark, x in
      let line =
        "<path class=\"mark\" d=\"M\(pixels(x)) \(pixels(plot.top - 5))V\(pixels(plot.bottom))\">"
        + "<title>\(HTML.escaped(mark.words))</title></path>"
      let length = Self.letter * Double(mark.words.count)
      let start = max(plot.left, min(x - length / 2, width - length))
      guard start >= free else { return line }
      free = start + length + 2 * Self.letter
      return line + text("tick", start, plot.top - 9, mark.words)
    }.joined(separator: "\n")
  }

  /// Pixels that a letter takes at most, on average.
  private static let letter = 6.8
}
