import Video

/// A folder of clips and all folders in it, each clip with its caption in a `.txt` file of the same name
/// beside it. Folders `train/`, `val/` and `test/` at the top are splits.
extension ManifestDraft {
  /// Reads a folder of clips with caption files. Among videos, pictures without a caption file are not meant as clips.
  mutating func readCaptionFiles(_ source: ManifestSource) {
    picturesNotWanted = source.picturesNotWanted
    let splits = SplitFolders(source.mainClips)
    let hasVideos = source.mainClips.contains { ClipNames.Kind($0) == .video }
    var captions: [String: String] = [:]
    for name in source.names where ClipNames.ending(name) == "txt" {
      let stem = ClipNames.stem(name)
      guard let other = captions.updateValue(name, forKey: stem) else { continue }
      if ClipNames.stem(other).utf8.elementsEqual(stem.utf8) {
        report("\(other) and \(name) are both the caption of one clip")
      } else {
        reportSameName(other, name)
      }
    }
    for name in source.clips {
      guard let text = captions[ClipNames.stem(name)] else {
        if hasVideos && ClipNames.Kind(name) == .picture {
          picturesWithoutCaption += 1
        } else if !needsCaptions {
          add(ManifestRow(path: name, split: splits.split(of: name)))
        } else {
          report("\(name) has no caption: there is no \(ClipNames.stem(name)).txt beside it")
        }
        continue
      }
      let file = root.file(text)
      let caption = reading("\(text) cannot be used") { () throws(VideoError) in try ShortText.read(file) }
      if let caption { add(ManifestRow(path: name, caption: caption, split: splits.split(of: name))) }
    }
  }
}
