import Video

/// A folder of clips and all folders in it, each clip with its caption in a `.txt` file of the same name
/// beside it. Folders `train/`, `val/` and `test/` at the top are splits.
extension ManifestDraft {
  /// Reads a folder of clips with caption files.
  mutating func readCaptionFiles(_ source: ManifestSource) {
    let clips = source.names.filter { ClipNames.isClip($0) }
    let splits = SplitFolders(clips)
    var captions: [String: String] = [:]
    for name in source.names where ClipNames.ending(name) == "txt" { captions[ClipNames.stem(name)] = name }
    for name in clips {
      guard let text = captions[ClipNames.stem(name)] else {
        report("\(name) has no caption: there is no \(ClipNames.stem(name)).txt beside it")
        continue
      }
      do {
        let caption = try ShortText.read(root.file(text)).onOneLine
        add(ManifestRow(path: name, caption: caption, split: splits.split(of: name)))
      } catch {
        report("\(text) cannot be used: \(error.reason)")
      }
    }
  }
}
