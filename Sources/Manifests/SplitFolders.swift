/// Folders named after splits at the top of a folder of clips: `train/`, `val/` or `validation/`, `test/`.
struct SplitFolders {
  /// Whether every clip lies in such a folder. One folder of another name makes them all classes or the like.
  let areThere: Bool

  /// - Parameter names: the clips, relative to the folder.
  init(_ names: [String]) { areThere = names.allSatisfy { SplitFolders.topSplit(of: $0) != nil } }

  /// The split of a clip.
  func split(of name: String) -> String? { areThere ? SplitFolders.topSplit(of: name) : nil }

  /// A clip's path in the folder of its split.
  func rest(of name: String) -> Substring {
    guard areThere, let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else { return name[...] }
    return name[name.utf8.index(after: slash)...]
  }

  /// The split that the first folder of a path is named after.
  static func topSplit(of name: String) -> String? {
    name.utf8.firstIndex(of: UInt8(ascii: "/")).flatMap { ClipNames.split(name[..<$0]) }
  }
}
