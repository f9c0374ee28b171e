import ClipMutations
import Foundation

/// What is found in a folder when the power comes back.
struct DiskState {
  /// A disk writes blocks of so many bytes, each whole or not at all.
  static let block = 4096

  /// Folders by their paths below the root, those above first.
  private(set) var folders: [String] = []
  /// Files' bytes by their paths below the root.
  private(set) var files: [String: [UInt8]] = [:]

  init(_ history: DiskHistory, after cut: PowerCut) {
    var names: [Int: [String: Int]] = [:]
    var data: [Int: [(DiskHistory.Change, PowerCut.Fate)]] = [:]
    for change in history.changes where change.call < cut.calls {
      let fate = change.lastsSince < cut.calls ? .whole : cut.fate(change)
      if case .absent = fate { continue }
      if case .names(let list) = change.kind {
        for (name, node) in list { names[change.node, default: [:]][name] = node }
      } else {
        data[change.node, default: []].append((change, fate))
      }
    }
    // Down the names that are there.
    var rest = [(folder: 0, path: "")]
    while let (folder, path) = rest.popLast() {
      for (name, node) in names[folder] ?? [:] {
        let path = path.isEmpty ? name : path + "/" + name
        if history.isFolder[node] {
          folders.append(path)
          rest.append((node, path))
        } else {
          var bytes: [UInt8] = []
          for (change, fate) in data[node] ?? [] { bytes.apply(change, fate) }
          files[path] = bytes
        }
      }
    }
  }

  /// Makes the folders and files at a place where nothing is.
  func rebuild(at place: String) throws {
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    for folder in folders {
      try FileManager.default.createDirectory(
        atPath: place + "/" + folder, withIntermediateDirectories: false)
    }
    for (path, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: place + "/" + path)) }
  }
}

extension [UInt8] {
  fileprivate mutating func apply(_ change: DiskHistory.Change, _ fate: PowerCut.Fate) {
    switch change.kind {
    case .names: break
    case .size(let size): resize(to: size)
    case .write(let offset, let bytes): write(bytes, at: offset, fate)
    }
  }

  private mutating func resize(to size: Int) {
    if size < count {
      removeLast(count - size)
    } else {
      append(contentsOf: repeatElement(0, count: size - count))
    }
  }

  private mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int, _ fate: PowerCut.Fate) {
    let blocks = offset / DiskState.block...(offset + bytes.count - 1) / DiskState.block
    var written = bytes.count
    if case .first(let count) = fate {
      written = Swift.min(bytes.count, Swift.max(0, (blocks.lowerBound + count) * DiskState.block - offset))
    }
    if written == 0 { return }
    resize(to: Swift.max(count, offset + written))
    switch fate {
    case .absent, .zeros: break
    case .whole, .first: replaceSubrange(offset..<offset + written, with: bytes.prefix(written))
    case .some(var chance):
      for block in blocks where Bool.random(using: &chance) {
        let start = Swift.max(offset, block * DiskState.block)
        let end = Swift.min(offset + bytes.count, (block + 1) * DiskState.block)
        let first = bytes.startIndex + start - offset
        replaceSubrange(start..<end, with: bytes[first..<first + end - start])
      }
    }
  }
}
