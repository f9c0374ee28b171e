import Evaluation

extension NearestClips {
  /// All in one line.
  public var summary: String {
    "nearest of \(compared) training clips: median \(Self.words(median)), at most \(Self.words(maximum));"
      + " \(above) of \(matches.count) samples (\(Figure.percent(shareAbove))) above \(Figure.short(threshold)) dB"
  }

  /// The matches for people, the closest first.
  public var table: TextTable {
    TextTable(
      columns: ["dB", "sample", "nearest training clip"],
      rows: closest.map { [matches[$0].closeness, matches[$0].sample, matches[$0].clip] })
  }

  private static func words(_ psnr: Double) -> String { String(format: "%.1f dB", psnr) }
}
