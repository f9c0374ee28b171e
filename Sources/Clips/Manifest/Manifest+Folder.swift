import Foundation

extension ManifestDraft {
  /// Endings that clips usually have: such a file without a caption is a problem, other files are none of our business.
  private static let clipEndings: Set<String> = [
    "3gp", "apng", "avi", "flv", "gif", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "ts",
    "webm", "wmv",
  ]

  /// Reads a folder of clips and all folders in it: a file with a `.txt` of the same name beside it is a clip.
  mutating func readFolder() {
    let names = ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [])
      .filter { name in !name.split(separator: "/").contains { $0.hasPrefix(".") } }
    let captions = Set(names.filter { $0.lowercased().hasSuffix(".txt") }.map(Self.stem))
    for name in names.sorted() where !name.lowercased().hasSuffix(".txt") {
      let isClip = Self.clipEndings.contains(URL(fileURLWithPath: name).pathExtension.lowercased())
      guard captions.contains(Self.stem(name)) else {
        if isClip { report("\(name) has no caption: there is no \(Self.stem(name)).txt beside it") }
        continue
      }
      guard let text = try? String(contentsOfFile: "\(folder)/\(Self.stem(name)).txt", encoding: .utf8) else {
        report("\(Self.stem(name)).txt cannot be read as UTF-8 text")
        continue
      }
      let caption = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      add(ManifestRow(path: name, caption: caption), line: nil)
    }
  }

  private static func stem(_ name: String) -> String { (name as NSString).deletingPathExtension }
}
