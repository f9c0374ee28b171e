import Commands
import Curation
import Foundation
import Report
import Video

/// Some of the kept and of the dropped spans as pictures, to see whether the limits are right.
struct CurationSheet {
  private let spans: [CuratedSpan]
  private let limits: DecodeLimits

  /// Rows of kept spans, and of spans for each reason, at most.
  private static let kept = 16, dropped = 6
  /// Frames a row.
  private static let frames = 6
  private static let framing = Framing(width: 160, height: 90)

  init(_ spans: [CuratedSpan], limits: DecodeLimits) {
    let groups = Dictionary(grouping: spans.filter { $0.shot != nil }) { $0.drop?.rule ?? "" }
    self.spans = groups.keys.sorted().flatMap { rule in
      Self.some(rule.isEmpty ? Self.kept : Self.dropped, of: groups[rule]!)
    }
    self.limits = limits
  }

  /// So many of them, evenly spread.
  private static func some(_ count: Int, of spans: [CuratedSpan]) -> [CuratedSpan] {
    spans.count <= count ? spans : (0..<count).map { spans[$0 * spans.count / count] }
  }

  /// Writes the sheet; spans that cannot be decoded any more are left out.
  func write(to path: String) throws {
    let rows = try spans.compactMap { span in try pictures(span).map { (frames: $0, caption: caption(span)) }
    }
    guard !rows.isEmpty else {
      standardError("note: no span can be shown, so there is no sheet \(path)\n")
      return
    }
    try writePNG(
      ContactSheet.picture(rows: rows.map(\.frames), captions: rows.map(\.caption)), to: path)
  }

  private func pictures(_ span: CuratedSpan) throws -> [Picture]? {
    let step = span.seconds / Double(CurationSheet.frames)
    let times = (0..<CurationSheet.frames).map { span.span.start + (Double($0) + 0.5) * step }
    do {
      return try readingPatiently { () throws(VideoError) in
        try openVideo(ClipBytes(span.entry.file, limits: limits), limits: limits).pictures(
          at: times, framing: CurationSheet.framing)
      }
    } catch is VideoError {
      return nil
    }
  }

  private func caption(_ span: CuratedSpan) -> String {
    let place = String(
      format: "%@ %.2f-%.2f s", (span.entry.name as NSString).lastPathComponent, span.span.start,
      span.span.end)
    if let drop = span.drop { return "DROPPED \(place): \(drop.reason)" }
    guard let shot = span.shot else { return "KEPT \(place)" }
    let motion = shot.motion.map { String(format: "%.3g", $0) } ?? "unknown"
    return String(
      format: "KEPT %@: motion %@, sharpness %.3g, brightness %.2f", place, motion, shot.sharpness,
      shot.brightness)
  }
}
