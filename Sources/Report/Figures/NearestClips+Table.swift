import Evaluation

extension NearestClips {
  /// All in one line.
  public var summary: String {
    "nearest of \(compared) training clips: median \(Self.words(median)), at most \(Self.words(maximum));"
      + " \(above) of \(matches.count) samples (\(Figure.percent(shareAbove))) above \(Figure.short(threshold)) dB"
  }

  /// The matches for people, the closest first.
  public var table: TextTable {
    // Equally close ones keep their order.
    let sorted = matches.enumerated().sorted { ($1.element.psnr, $0.offset) < ($0.element.psnr, $1.offset) }
    return TextTable(
      columns: ["dB", "sample", "nearest training clip"],
      rows: sorted.map { [$0.element.closeness, $0.element.sample, $0.element.clip] })
  }

  private static func words(_ psnr: Double) -> String { String(format: "%.1f dB", psnr) }
}
