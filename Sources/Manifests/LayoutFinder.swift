import Foundation

/// Tells by names and first lines which layout a manifest has.
enum LayoutFinder {
  /// The layout, and what told so.
  static func find(_ source: ManifestSource) throws(ManifestError) -> LayoutFinding {
    if source.isPattern { return LayoutFinding(layout: .webDataset, reason: "it is a pattern of .tar files") }
    return source.isFolder ? inFolder(source) : try ofFile(source)
  }

  private static func inFolder(_ source: ManifestSource) -> LayoutFinding {
    func found(_ layout: Layout, _ reason: String) -> LayoutFinding {
      LayoutFinding(layout: layout, reason: reason)
    }
    let names = source.names
    if let metadata = names.first(where: VideoFolderNames.isMetadata) {
      return found(.videoFolder, "there is a \(metadata) in it")
    }
    if names.contains("videos.txt"), names.contains("prompts.txt") {
      return found(.promptFiles, "it has these two files")
    }
    let clips = source.mainClips
    let texts = Set(names.lazy.filter { ClipNames.ending($0) == "txt" }.map(ClipNames.stem))
    let captioned = clips.first { texts.contains(ClipNames.stem($0)) }
    let hasVideos = clips.contains { ClipNames.Kind($0) == .video }
    if !hasVideos, captioned == nil, let archive = names.first(where: { ClipNames.isArchive($0) }) {
      return found(.webDataset, "it holds no clips but archives such as \(archive.printable)")
    }
    if let captioned {
      return found(.captionFiles, "\(captioned.printable) has a .txt file of its name beside it")
    }
    let splits = SplitFolders(clips)
    let classes = Set(clips.lazy.map { splits.rest(of: $0).split(separator: "/").dropLast().last })
    if classes.count > 1, !classes.contains(nil) {
      return found(
        .classFolders, "all clips lie in folders, several, and none has a .txt file of its name beside it")
    }
    return found(.captionFiles, "it is a folder, and no other layout of folders fits")
  }

  private static func ofFile(_ source: ManifestSource) throws(ManifestError) -> LayoutFinding {
    let ending = ClipNames.ending(source.name)
    func found(_ layout: Layout, _ reason: String) -> LayoutFinding {
      LayoutFinding(layout: layout, reason: reason)
    }
    switch ending {
    case "tar": return found(.webDataset, "its name ends in .tar")
    case "jsonl", "ndjson": return found(.jsonLines, "its name ends in .\(ending)")
    case "json":
      return JSONListNames.isSomethingSomething(source)
        ? found(.somethingSomething, "its name ends in .json, and its objects have an id")
        : found(.jsonList, "its name ends in .json")
    case "csv": return ofCSV(source)
    case "txt", "list":
      if ClassIndex.isBeside(source) {
        return found(.ucf101, "\(ClassIndex.fileName) lies beside it")
      }
      return found(.pathLabelList, "its name ends in .\(ending)")
    case "tgz", "gz", "zst", "bz2", "xz", "lz4":
      throw ManifestError(
        path: source.path, problem: "it is compressed", remedy: "decompress it: clips are read in place")
    case "parquet":
      throw ManifestError(
        path: source.path, problem: "it is Parquet",
        remedy: "convert it to JSON Lines or CSV, as docs/data.md shows")
    default:
      throw ManifestError(
        path: source.path, problem: "its name does not say what it holds",
        remedy: "give CSV the ending .csv, JSON Lines .jsonl, lists of paths and classes .txt, archives .tar")
    }
  }

  private static func ofCSV(_ source: ManifestSource) -> LayoutFinding {
    let first = firstLine(source)
    if first.split(separator: ",").contains(where: { $0.filter { $0 != "\"" } == "youtube_id" }) {
      return LayoutFinding(layout: .kinetics, reason: "its header names youtube_id")
    }
    if let space = first.lastIndex(of: " "), ClipNames.Kind(first[..<space]) != nil {
      return LayoutFinding(
        layout: .pathLabelList, reason: "its first line is a clip's path, a space, and one word more")
    }
    return LayoutFinding(layout: .csv, reason: "its name ends in .csv")
  }

  private static func firstLine(_ source: ManifestSource) -> String {
    source.bytes.withUnsafeBytes { bytes in
      var lines = TextLines(bytes)
      while let line = lines.next() {
        if case .text(let text) = line.content, !text.isEmpty { return text }
      }
      return ""
    }
  }
}
