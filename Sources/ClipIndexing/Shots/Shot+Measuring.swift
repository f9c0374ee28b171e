extension Shot {
  /// The shots of a clip whose frames were measured.
  /// - Parameter duration: from the first shown frame to the end of the last, in seconds.
  static func all(in meter: FrameMeter, duration: Double) -> [Shot] {
    let finder = ShotFinder(frames: meter.frames)
    let starts = finder.starts
    return starts.indices.map { place in
      let isLast = place + 1 == starts.count
      let range = starts[place]..<(isLast ? meter.frames.count : starts[place + 1])
      return Shot(
        finder, range,
        isLast
          ? max(duration, meter.frames[range.upperBound - 1].seconds)
          : meter.frames[range.upperBound].seconds, meter.motions)
    }
  }

  private init(_ finder: ShotFinder, _ range: Range<Int>, _ end: Double, _ motions: [MotionMeasure]) {
    let frames = finder.frames[range]
    start = Shot.rounded(frames[range.lowerBound].seconds)
    self.end = Shot.rounded(end)
    let span = Span(start: frames[range.lowerBound].seconds, end: end)
    let speeds = motions.filter { $0.span.start >= span.start && $0.span.end < span.end }.map(\.speed)
    motion = speeds.isEmpty ? nil : Shot.rounded(speeds.reduce(0, +) / Double(speeds.count))
    sharpness = Shot.rounded(frames.map(\.sharpness).sorted()[frames.count / 2])
    brightness = Shot.rounded(frames.reduce(0) { $0 + $1.brightness } / Double(frames.count))
    bars = Bars(finder, range)
    hash = PerceptualHash(of: frames).description
    black = finder.spans(in: range, until: end, where: finder.isBlack).map(Shot.rounded)
    frozen = finder.frozen(in: range, until: end).map(Shot.rounded)
  }

  /// Millionths are enough, and short to write.
  private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

  private static func rounded(_ span: Span) -> Span {
    Span(start: rounded(span.start), end: rounded(span.end))
  }
}

extension Shot.Bars {
  /// A row or column of a bar may have this share of samples that are not dark, such as noise.
  private static let speckles = 0.02
  /// What lies beside a bar is not dark for at least this share of its length at some time: a picture begins there, and
  /// not merely something small before a dark ground.
  private static let picture = 0.4

  /// The bars that are there in every frame that is not black.
  init(_ finder: ShotFinder, _ range: Range<Int>) {
    let lit = range.filter { !finder.isBlack($0) }.map { finder.frames[$0] }
    guard !lit.isEmpty else { return }
    let rows = Shot.Bars.most(lit.map(\.litInRow))
    let columns = Shot.Bars.most(lit.map(\.litInColumn))
    top = Shot.Bars.depth(rows)
    bottom = Shot.Bars.depth(rows.reversed())
    left = Shot.Bars.depth(columns)
    right = Shot.Bars.depth(columns.reversed())
  }

  private static func most(_ counts: [[UInt8]]) -> [UInt8] {
    counts.dropFirst().reduce(counts[0]) { zip($0, $1).map { max($0, $1) } }
  }

  /// The share of lines from the first on that belong to a bar.
  private static func depth(_ counts: [UInt8]) -> Double {
    let side = Double(FrameMeter.side)
    let depth = counts.prefix { Double($0) <= speckles * side }.count
    // The first line of the picture may be half bar, so the next one decides too.
    let edge = counts[depth...].prefix(2).max() ?? 0
    return Double(edge) >= picture * side ? Double(depth) / side : 0
  }
}
