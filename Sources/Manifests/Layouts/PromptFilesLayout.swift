import Foundation

/// A folder with `videos.txt`, a clip's path on each line, and `prompts.txt`, its caption on the same line.
extension ManifestDraft {
  /// Reads a folder of `videos.txt` and `prompts.txt`.
  mutating func readPromptFiles(_ source: ManifestSource) {
    let lists = ["videos.txt", "prompts.txt"].map { bytes(of: $0, beside: source).map(Self.lines) }
    guard let videos = lists[0], let prompts = lists[1] else { return }
    guard videos.count == prompts.count else {
      return report(
        "videos.txt has \(videos.count) lines and prompts.txt \(prompts.count); each clip needs its prompt on"
          + " the same line")
    }
    for (index, (video, prompt)) in zip(videos, prompts).enumerated() {
      switch (video, prompt) {
      case (.text(let video), .text(let prompt)):
        add(ManifestRow(path: video, caption: prompt), line: index + 1)
      case (.unfit(let problem), _), (_, .unfit(let problem)): report(problem, line: index + 1)
      }
    }
  }

  /// The lines of a text, without empty ones at its end.
  private static func lines(_ bytes: Data) -> [TextLines.Content] {
    bytes.withUnsafeBytes { bytes in
      var lines: [TextLines.Content] = []
      var reader = TextLines(bytes)
      var filled = 0
      while let (number, content) = reader.next() {
        lines.append(content)
        if case .text("") = content { continue }
        filled = number
      }
      return Array(lines.prefix(filled))
    }
  }
}
