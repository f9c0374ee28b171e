import Files
import Foundation

/// What a manifest's path stands for: a file's bytes, a folder's files, or the archives that a pattern names.
struct ManifestSource {
  /// The path as the user wrote it.
  let path: String
  /// The folder that the manifest lies in; itself, if it is one.
  let folder: String
  /// The bytes of the file; empty for a folder and a pattern.
  let bytes: Data
  /// The files of the folder, or the archives of the pattern, relative to `folder`, in order; empty for a
  /// file.
  let names: [String]
  /// The clips among `names`.
  let clips: [String]
  /// The videos among them, or all of them where there are none: what tells the layout, so that a stray picture does not.
  let mainClips: [String]
  /// How many pictures among `names` are no clips because pictures are not wanted.
  let picturesNotWanted: Int
  let isFolder: Bool
  let isPattern: Bool

  /// Looks at what is there. A folder is walked through here, once.
  /// - Parameter pictures: whether pictures in a folder are clips, too.
  init(_ path: String, pictures: Bool) throws(ManifestError) {
    self.path = path
    var status = stat()
    let isThere = stat(path, &status) == 0
    if !isThere, let machine = MachineError(path: path, code: errno) {
      throw ManifestError(path: path, machine: machine)
    }
    isFolder = isThere && status.st_mode & S_IFMT == S_IFDIR
    if !isThere, let pattern = try ShardPattern(path) {
      (isPattern, folder, names, bytes) = (true, pattern.folder, pattern.names, Data())
      (clips, mainClips, picturesNotWanted) = ([], [], 0)
      return
    }
    isPattern = false
    guard isThere else {
      throw ManifestError(
        path: path, problem: "there is no such file or folder",
        remedy: "name a .csv or .jsonl file, a folder of clips, or another layout that docs/data.md lists",
        isMissing: true)
    }
    if isFolder {
      (folder, names, bytes) = (path, try FolderListing.files(in: path), Data())
      clips = ClipNames.clips(among: names, pictures: pictures)
      let videos = clips.filter { ClipNames.Kind($0) == .video }
      mainClips = videos.isEmpty ? clips : videos
      picturesNotWanted =
        pictures ? 0 : ClipNames.clips(among: names, pictures: true).count - clips.count
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ManifestError(path: path, problem: "it is not a regular file", remedy: "name a file or a folder")
    }
    folder = path.contains("/") ? (path as NSString).deletingLastPathComponent : "."
    (names, clips, mainClips, picturesNotWanted) = ([], [], [], 0)
    // Archives are read piece by piece through a door of their own.
    if ClipNames.isArchive(path) {
      bytes = Data()
      return
    }
    let mapped: Data?
    do throws(MachineError) {
      mapped = try mappedFile(path)
    } catch {
      throw ManifestError(path: path, machine: error)
    }
    guard let mapped else {
      throw ManifestError(
        path: path, problem: "it cannot be read", remedy: "check its permissions", isMissing: true)
    }
    bytes = mapped
  }

  /// The bytes of another file of the manifest's folder; nil when it cannot be read.
  func bytesBeside(_ name: String) throws(MachineError) -> Data? {
    try mappedFile("\(folder)/\(name)")
  }

  /// Whether the clips lie in it, so that its paths begin at its folder whatever the root.
  var holdsClips: Bool { isFolder || isPattern || ClipNames.isArchive(path) }

  /// The name of the file or folder without its path.
  var name: String { (path as NSString).lastPathComponent }

  /// Whether a file of that name lies beside the manifest.
  func hasBeside(_ name: String) -> Bool { access("\(folder)/\(name)", R_OK) == 0 }
}
