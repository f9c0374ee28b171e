import Foundation

/// The official CSV of Kinetics: `label,youtube_id,time_start,time_end,split`. The clip of a row is
/// `{youtube_id}_{start}_{end}.mp4`, the times with six digits, in the root, or there in a folder of its
/// class, its split, or both. The caption is the label.
extension ManifestDraft {
  /// Reads the official CSV of Kinetics.
  mutating func readKinetics(_ source: ManifestSource) {
    let required = ["label", "youtube_id", "time_start", "time_end", "split"]
    source.bytes.withUnsafeBytes { bytes in
      forEachRecord(of: bytes, requiring: required.map { [$0] }) { draft, record in
        draft.addKinetics(record.columns, required.map { record[$0] ?? "" }, line: record.line)
      }
    }
  }

  private mutating func addKinetics(_ columns: [String], _ fields: [String], line: Int) {
    let (label, video, splitName) = (fields[0], fields[1], fields[4])
    guard let start = Self.sixDigits(fields[2]), let end = Self.sixDigits(fields[3]) else {
      return report(
        "time_start and time_end are \"\(fields[2])\" and \"\(fields[3])\", not whole seconds", line: line)
    }
    guard !video.isEmpty, !video.contains("/") else {
      return report("youtube_id is \"\(video)\", which is none", line: line)
    }
    let file = "\(video)_\(start)_\(end).mp4"
    let underscored = label.replacing(" ", with: "_")
    let folders = ["", "\(label)/", "\(underscored)/"]
    let names = ["", "\(splitName)/"].flatMap { split in folders.map { split + $0 + file } }
    add(
      ManifestRow(
        path: firstPresent(names) ?? file, caption: ClipNames.words(label), label: label,
        split: splitName.isEmpty ? nil : ClipNames.split(splitName) ?? splitName),
      line: line)
  }

  /// Whole seconds as six digits; nil for anything else.
  private static func sixDigits(_ text: String) -> String? {
    guard let seconds = Double(text), let whole = Int(exactly: seconds), (0..<1_000_000).contains(whole)
    else {
      return nil
    }
    let digits = String(whole)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }
}
