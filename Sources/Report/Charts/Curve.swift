/// A row of measurements, ascending in x; a y that is not finite is a gap.
struct Curve: Equatable {
  /// One measurement.
  struct Point: Equatable {
    var x: Double, y: Double
  }

  var points: [Point]

  init(_ points: [Point]) { self.points = points }

  /// A curve of so many points at most that looks the same: of each stretch it keeps the first, the last, the lowest and
  /// the highest point, and one gap if there was any.
  func thinned(to most: Int) -> Curve {
    let stretches = max(1, most / 5)
    guard points.count > most else { return self }
    return Curve(
      (0..<stretches).flatMap { stretch -> [Point] in
        let range = points.count * stretch / stretches..<points.count * (stretch + 1) / stretches
        let finite = range.filter { points[$0].y.isFinite }
        var kept = Set([finite.first, finite.last].compactMap { $0 })
        if let low = finite.min(by: { points[$0].y < points[$1].y }) { kept.insert(low) }
        if let high = finite.max(by: { points[$0].y < points[$1].y }) { kept.insert(high) }
        if let gap = range.first(where: { !points[$0].y.isFinite }) { kept.insert(gap) }
        return kept.sorted().map { points[$0] }
      })
  }

  /// The mean of the finite values around each of so many places at most.
  /// - Parameter window: over how many measurements.
  func smoothed(window: Int, to most: Int) -> Curve {
    guard !points.isEmpty else { return self }
    let places = min(points.count, max(2, most))
    return Curve(
      (0..<places).map { place in
        let centre = places == 1 ? 0 : place * (points.count - 1) / (places - 1)
        let around = points[max(0, centre - window / 2)...min(points.count - 1, centre + window / 2)]
        let finite = around.lazy.map(\.y).filter(\.isFinite)
        let sum = finite.reduce((sum: 0.0, count: 0.0)) { ($0.sum + $1, $0.count + 1) }
        return Point(x: points[centre].x, y: sum.count == 0 ? .nan : sum.sum / sum.count)
      })
  }

  /// The last finite value.
  var last: Double? { points.last { $0.y.isFinite }?.y }

  /// The value of the point that is nearest in x; nil for none.
  func value(near x: Double) -> Double? {
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].x < x { low = middle + 1 } else { high = middle }
    }
    let near = [low - 1, low].filter(points.indices.contains).min {
      abs(points[$0].x - x) < abs(points[$1].x - x)
    }
    return near.map { points[$0].y }
  }
}
