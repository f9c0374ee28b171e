import Foundation
import Video

/// Where a manifest's paths begin, and the folder that they must not lead out of.
struct ClipRoot: Sendable, Equatable {
  /// Where relative paths begin, absolute.
  let folder: String
  /// The folder that clips must lie in, absolute; nil lets them lie anywhere.
  let limit: String?
  /// How many folders `folder` lies below `limit`.
  private let depth: Int

  /// - Parameters:
  ///   - folder: the manifest's own folder.
  ///   - root: the folder that clips must lie in; nil for the manifest's own, "/" for anywhere. Relative
  ///     paths begin there, unless it is "/" or the manifest is a folder itself (`holdsClips`): then they
  ///     begin at `folder`.
  init(folder: String, root: String?, holdsClips: Bool = false) {
    let folder = ClipRoot.absolute(folder)
    let limit = root.map(ClipRoot.absolute) ?? folder
    self.limit = limit == "/" ? nil : limit
    self.folder = limit == "/" || holdsClips ? folder : limit
    let isInside = ClipRoot.lies(self.folder, in: limit)
    depth =
      isInside ? self.folder.split(separator: "/").count - limit.split(separator: "/").count : -1
  }

  /// Whether the folder that paths begin at lies in the root.
  var isInside: Bool { limit == nil || depth >= 0 }

  /// Where the clip of a row is.
  func file(_ name: String, member: ClipFile.Member? = nil) -> ClipFile {
    ClipFile(path: path(name), member: member, root: limit)
  }

  /// The absolute path of a name.
  func path(_ name: String) -> String { name.utf8.first == UInt8(ascii: "/") ? name : "\(folder)/\(name)" }

  /// Why a name as written leads out of the root; nil when it does not. Links are followed when a clip is
  /// opened.
  func escape(of name: String) -> String? {
    guard let limit else { return nil }
    let leadsOut =
      name.utf8.first == UInt8(ascii: "/")
      ? !ClipRoot.lies(ClipRoot.absolute(name), in: limit)
      : ClipRoot.lowest(name) < -depth
    return leadsOut
      ? "\(name) leads out of \(limit), the folder that the clips must lie in; move the clip there, or name a folder"
        + " that holds all clips (data.root, --root; \"/\" lets them lie anywhere)" : nil
  }

  /// By how many folders a relative path goes above its start on its way, as a number that is not positive.
  private static func lowest(_ name: String) -> Int {
    if !hasTwoDots(name) { return 0 }
    var (depth, lowest) = (0, 0)
    for part in name.split(separator: "/") {
      if part == ".." { depth -= 1 } else if part != "." { depth += 1 }
      lowest = min(lowest, depth)
    }
    return lowest
  }

  /// Whether there can be a `..` in a path at all: most have none, and there are millions.
  private static func hasTwoDots(_ name: String) -> Bool {
    var last: UInt8 = 0
    for byte in name.utf8 {
      if byte == UInt8(ascii: "."), last == byte { return true }
      last = byte
    }
    return false
  }

  /// A path from the top, without `.` and `..`. Where the system knows the place it resolves them, since `..`
  /// behind a link does not lead back to where the link lies.
  private static func absolute(_ path: String) -> String {
    if hasTwoDots(path), let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    var parts: [Substring] = []
    let full = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    for part in full.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  private static func lies(_ path: String, in folder: String) -> Bool {
    folder == "/" || path.utf8.elementsEqual(folder.utf8) || path.utf8.starts(with: (folder + "/").utf8)
  }
}
