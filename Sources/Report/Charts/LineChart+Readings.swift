extension LineChart {
  /// Invisible stripes over the plot, each with the values below it in words: a page without scripts shows them where
  /// the pointer rests.
  func readings(_ plot: Plot) -> String {
    let all = Set(lines.filter { $0.style != .faint }.flatMap { $0.curve.points.map(\.x) }).sorted()
    let stripes = min(all.count, Self.mostStripes)
    guard stripes > 0 else { return "" }
    let xs = (0..<stripes).map { all[stripes == 1 ? 0 : $0 * (all.count - 1) / (stripes - 1)] }
    let columns = xs.map { plot.column(of: $0) ?? plot.left }
    return xs.indices.map { index in
      let from = index == 0 ? plot.left : (columns[index - 1] + columns[index]) / 2
      let to = index == xs.count - 1 ? plot.right : (columns[index] + columns[index + 1]) / 2
      let at = pixels(columns[index])
      return "<g class=\"reading\"><rect x=\"\(pixels(from))\" y=\"\(pixels(plot.top))\" "
        + "width=\"\(pixels(to - from))\" height=\"\(pixels(plot.bottom - plot.top))\"/>"
        + "<path d=\"M\(at) \(pixels(plot.top))V\(pixels(plot.bottom))\"/>"
        + "<title>\(HTML.escaped(words(at: xs[index])))</title></g>"
    }.joined(separator: "\n")
  }

  private static let mostStripes = 80

  private func words(at x: Double) -> String {
    // Many pale lines without names would only say the same words again and again.
    let told = lines.contains { $0.name != nil } ? lines.filter { $0.name != nil } : lines
    let values = told.compactMap { line in
      line.curve.value(near: x).map { "\(line.name ?? yLabel): \(Figure.short($0, digits: 4))" }
    }
    return (["\(xLabel) \(Figure.short(x, digits: 9))"] + values).joined(separator: "\n")
  }
}
