/// Where things lie in a chart: its axes and the rectangle between them, in pixels from the top left.
struct Plot {
  let x: ChartAxis
  let y: ChartAxis
  let left: Double, right: Double, top: Double, bottom: Double

  /// Pixels from one name at the right to the next.
  static let nameHeight = 19.0

  init(_ chart: LineChart) {
    let points = chart.lines.lazy.map(\.curve.points).joined()
    // Steps are counted from nothing; charts one below the other then begin at the same place.
    x = ChartAxis(
      points.map(\.x) + chart.crosses.xs + chart.marks.map(\.x), scale: chart.xScale, includesZero: true,
      endsOnTicks: false,
      wholeTicks: true,
      count: max(3, Int(chart.width / 110)))
    y = ChartAxis(
      points.map(\.y), scale: chart.scale, includesZero: chart.includesZero, count: Int(chart.height / 55))
    let named = chart.lines.compactMap(\.name)
    left = 14 + 7 * Double(y.labels.map(\.count).max() ?? 0)
    right = chart.width - (named.isEmpty ? 16 : 96 + 7 * Double(named.map(\.count).max()!))
    // The words of marks stand between the plot and what it shows.
    top = chart.marks.isEmpty ? 30 : 44
    bottom = chart.height - 42
  }

  /// The column of a value of x; nil when it is not on the axis.
  func column(of value: Double) -> Double? { x.share(of: value).map { left + $0 * (right - left) } }

  /// The row of a value of y; nil when it is not on the axis.
  func row(of value: Double) -> Double? { y.share(of: value).map { bottom - $0 * (bottom - top) } }

  /// A curve's points in pixels, in unbroken runs.
  func runs(of curve: Curve) -> [[(x: Double, y: Double)]] {
    var runs: [[(x: Double, y: Double)]] = [[]]
    for point in curve.points {
      if let x = column(of: point.x), let y = row(of: point.y) {
        runs[runs.count - 1].append((x, y))
      } else if !runs.last!.isEmpty {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  /// For each named line with a last value: the row of that value, and a row near it where its name has room.
  func nameRows(of lines: [LineChart.Line]) -> [(line: LineChart.Line, end: Double, row: Double)] {
    var names = lines.compactMap { line in
      line.name == nil ? nil : line.curve.last.flatMap(row).map { (line: line, end: $0, row: $0) }
    }
    names.sort { $0.end < $1.end }
    // Each is pushed below its upper neighbour; then, from the bottom, back above its lower one.
    var least = top
    for index in names.indices {
      names[index].row = max(names[index].row, least)
      least = names[index].row + Self.nameHeight
    }
    var most = bottom
    for index in names.indices.reversed() {
      names[index].row = min(names[index].row, most)
      most = names[index].row - Self.nameHeight
    }
    return names
  }
}
