import Foundation

/// What a command did to a folder, call by call, as `DiskRecorder` wrote it down.
struct DiskRecord {
  /// An open file of one process.
  struct Handle: Hashable {
    let process: Int
    let descriptor: Int
  }

  /// One call that succeeded. Paths are full ones.
  enum Call {
    case open(Handle, path: String, creates: Bool, empties: Bool)
    case write(Handle, offset: Int, bytes: ArraySlice<UInt8>)
    case truncate(Handle, size: Int)
    case sync(Handle)
    case syncFolder(path: String)
    case rename(from: String, to: String)
    case link(from: String, to: String)
    case unlink(path: String)
    case makeFolder(path: String)
    case removeFolder(path: String)
    /// Words on standard error, which is no change of the disk.
    case say(String)
  }

  /// Why a record cannot be used.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  var calls: [Call] = []

  /// How many of the calls change the disk, or make changes last.
  var operations: Int {
    calls.count { call in
      switch call {
      case .say: false
      case .open(_, _, let creates, let empties): creates || empties
      default: true
      }
    }
  }

  init(_ bytes: [UInt8]) throws {
    var place = 0
    while let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
      let words = String(decoding: bytes[place..<end], as: UTF8.self).split(separator: "\t").map(String.init)
      place = end + 1
      func number(_ index: Int) throws -> Int {
        guard index < words.count, let number = Int(words[index]) else {
          throw Failure(description: "the record has a line without number \(index): \(words)")
        }
        return number
      }
      func handle() throws -> Handle { Handle(process: try number(1), descriptor: try number(2)) }
      func data(_ count: Int) -> ArraySlice<UInt8> {
        place += count
        return bytes[place - count..<place]
      }
      switch (words[0], words.count) {
      case ("open", 6):
        let (creates, empties) = (try number(3) == 1, try number(4) == 1)
        calls.append(.open(try handle(), path: words[5], creates: creates, empties: empties))
      case ("write", 5):
        calls.append(.write(try handle(), offset: try number(3), bytes: data(try number(4))))
      case ("say", 2): calls.append(.say(String(decoding: data(try number(1)), as: UTF8.self)))
      case ("truncate", 4): calls.append(.truncate(try handle(), size: try number(3)))
      case ("sync", 3): calls.append(.sync(try handle()))
      case ("syncFolder", 2): calls.append(.syncFolder(path: words[1]))
      case ("rename", 3): calls.append(.rename(from: words[1], to: words[2]))
      case ("link", 3): calls.append(.link(from: words[1], to: words[2]))
      case ("unlink", 2): calls.append(.unlink(path: words[1]))
      case ("mkdir", 2): calls.append(.makeFolder(path: words[1]))
      case ("rmdir", 2): calls.append(.removeFolder(path: words[1]))
      default: throw Failure(description: "the record has a call that is not replayed: \(words)")
      }
    }
  }
}
