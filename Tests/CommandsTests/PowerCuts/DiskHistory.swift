import Foundation

/// What a record did to the disk: changes of files' data and of folders' names, and from when on each of them lasts.
///
/// The rules of a power cut. A file and its name are two things.
/// - **Data.** A write or a new size lasts from the next `fsync` of its file on. Until then it may be on the disk or not,
///   whatever became of others, earlier or later; of a write there may also be the size alone, with zeros for what is new,
///   or some of its blocks of 4096 bytes.
/// - **Names.** A file that is made, renamed, linked or removed, and a folder, lasts from the next `fsync` of the folder
///   that the name stands in. Until then it may be there or not: its data say nothing of that, nor does an `fsync` of
///   the file. The changes of one folder may come in their order, so that the last ones are missing, or any of them may be.
///   A rename is one change: the old name goes when the new one comes.
/// - A file is found only if the names of all folders above it are there.
///
/// That is less than any file system in use promises: most bring names with the file that is synced, and keep their order.
struct DiskHistory {
  /// A change that lasts or not.
  struct Change {
    enum Kind {
      case write(offset: Int, bytes: ArraySlice<UInt8>)
      case size(Int)
      /// Names of a folder and what they stand for; nil for a name that goes.
      case names([(name: String, node: Int?)])
    }
    /// The call that made it.
    let call: Int
    /// The file or folder, by its number.
    let node: Int
    let kind: Kind
    /// The call since which it lasts.
    var lastsSince = Int.max
  }

  /// The folder that all paths begin with; its node has the number 0.
  let root: String
  private(set) var changes: [Change] = []
  private(set) var isFolder = [true]
  /// The names as a program sees them, by folder.
  private var names: [Int: [String: Int]] = [0: [:]]
  /// The changes of a node that do not last yet, by their places.
  private var pending: [Int: [Int]] = [:]
  private var open: [DiskRecord.Handle: Int] = [:]

  init(_ record: DiskRecord, below root: String) throws {
    self.root = root
    for (index, call) in record.calls.enumerated() { try replay(call, index) }
  }

  private mutating func replay(_ call: DiskRecord.Call, _ index: Int) throws {
    switch call {
    case .say: break
    case .open(let handle, let path, let creates, let empties):
      if path == root {
        open[handle] = 0
      } else if let node = try node(path) {
        open[handle] = node
        if empties { add(Change(call: index, node: node, kind: .size(0))) }
      } else if creates {
        open[handle] = try make(path, isFolder: false, index)
      } else {
        throw DiskRecord.Failure(description: "\(path) is opened, but the record did not make it")
      }
    case .write(let handle, let offset, let bytes):
      add(Change(call: index, node: try file(handle), kind: .write(offset: offset, bytes: bytes)))
    case .truncate(let handle, let size):
      add(Change(call: index, node: try file(handle), kind: .size(size)))
    case .sync(let handle): last(try file(handle), index)
    case .syncFolder(let path): last(try existing(path), index)
    case .makeFolder(let path): names[try make(path, isFolder: true, index)] = [:]
    case .rename(let from, let to):
      let (old, new, node) = (try place(from), try place(to), try existing(from))
      guard old.folder == new.folder else {
        throw DiskRecord.Failure(description: "\(from) goes to another folder, which is not replayed")
      }
      rename(in: old.folder, [(old.name, nil), (new.name, node)], index)
    case .link(let from, let to):
      let (new, node) = (try place(to), try existing(from))
      rename(in: new.folder, [(new.name, node)], index)
    case .unlink(let path), .removeFolder(let path):
      _ = try existing(path)
      let old = try place(path)
      rename(in: old.folder, [(old.name, nil)], index)
    }
  }

  private mutating func make(_ path: String, isFolder folder: Bool, _ index: Int) throws -> Int {
    let new = try place(path)
    isFolder.append(folder)
    rename(in: new.folder, [(new.name, isFolder.count - 1)], index)
    return isFolder.count - 1
  }

  private mutating func rename(in folder: Int, _ list: [(name: String, node: Int?)], _ index: Int) {
    for (name, node) in list { names[folder]?[name] = node }
    add(Change(call: index, node: folder, kind: .names(list)))
  }

  private mutating func add(_ change: Change) {
    pending[change.node, default: []].append(changes.count)
    changes.append(change)
  }

  private mutating func last(_ node: Int, _ index: Int) {
    for place in pending.removeValue(forKey: node) ?? [] { changes[place].lastsSince = index }
  }

  private func file(_ handle: DiskRecord.Handle) throws -> Int {
    guard let node = open[handle] else {
      throw DiskRecord.Failure(description: "descriptor \(handle.descriptor) is used, but was not opened")
    }
    return node
  }

  /// The node of a path; nil if nothing has that name.
  private func node(_ path: String) throws -> Int? {
    if path == root { return 0 }
    let (folder, name) = try place(path)
    return names[folder]?[name]
  }

  private func existing(_ path: String) throws -> Int {
    guard let node = try node(path) else {
      throw DiskRecord.Failure(description: "\(path) is used, but the record did not make it")
    }
    return node
  }

  /// The folder that a path's name stands in.
  private func place(_ path: String) throws -> (folder: Int, name: String) {
    guard path.hasPrefix(root + "/"),
      let folder = try node((path as NSString).deletingLastPathComponent), names[folder] != nil
    else { throw DiskRecord.Failure(description: "the folder of \(path) is none that the record made") }
    return (folder, (path as NSString).lastPathComponent)
  }
}
