/// A folder with a folder for each class: a clip's label is the name of the folder it lies in, its caption
/// the same in words. Folders `train/`, `val/` and `test/` at the top are splits, with the classes' folders
/// in them.
extension ManifestDraft {
  /// Reads a folder of class folders.
  mutating func readClassFolders(_ source: ManifestSource) {
    picturesNotWanted = source.picturesNotWanted
    let splits = SplitFolders(source.mainClips)
    for name in source.clips {
      let folders = splits.rest(of: name).split(separator: "/").dropLast()
      guard let label = folders.last else {
        picturesWithoutCaption += 1
        continue
      }
      add(
        ManifestRow(
          path: name, caption: ClipNames.words(label), label: String(label), split: splits.split(of: name)))
    }
  }
}
