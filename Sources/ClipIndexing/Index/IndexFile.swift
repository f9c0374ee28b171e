import Files
import Foundation

/// An index while it is written: what is there already, and lines added to its end.
///
/// One process holds it at a time. A line is one write; one that could not be written whole is taken back.
final class IndexFile {
  let path: String
  /// What the file held when it was opened.
  let known: ClipIndex
  private(set) var lineCount: Int
  private var descriptor: Int32
  private var length: Int

  /// Opens an index, or begins one; a torn last line is dropped.
  /// - Throws: `IndexFileError`, or `ClipIndexError` when another line is wrong.
  init(_ path: String) throws {
    self.path = path
    let (opened, whole) = try IndexFile.opened(path)
    do {
      let end = whole.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      // Only what may be the beginning of a line of an index is cut off: the file may be something else altogether.
      let (rest, opening) = (whole.dropFirst(end), Array("{\"bytes\":".utf8))
      guard zip(rest, opening).allSatisfy({ $0 == $1 }) else {
        throw ClipIndexError(
          path: path, problem: "its last line is none of an index",
          remedy: "name another output, or remove the file")
      }
      known = try ClipIndex(whole.prefix(end), path: path)
      lineCount = known.count
      length = end
      guard ftruncate(opened, off_t(end)) == 0, lseek(opened, 0, SEEK_END) >= 0 else {
        throw IndexFileError(path: path, kind: .inputOutput, reason: systemWords(errno))
      }
    } catch {
      close(opened)
      throw error
    }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Opens the file and locks it, and reads it.
  private static func opened(_ path: String) throws(IndexFileError) -> (descriptor: Int32, bytes: Data) {
    while true {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard file >= 0 else {
        throw IndexFileError(path: path, kind: .cannotCreate, reason: systemWords(errno))
      }
      guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
        let code = errno
        close(file)
        throw code == EWOULDBLOCK
          ? IndexFileError(path: path, kind: .inUse, reason: "another process is writing it")
          : IndexFileError(path: path, kind: .cannotCreate, reason: systemWords(code))
      }
      guard let held = FileIdentity(descriptor: file), held == FileIdentity(path) else {
        // Another process put a new file in its place before the lock was ours.
        close(file)
        continue
      }
      do throws(IndexFileError) {
        return (file, try Self.bytes(of: path))
      } catch {
        close(file)
        throw error
      }
    }
  }

  private static func bytes(of path: String) throws(IndexFileError) -> Data {
    do {
      if let bytes = try patiently({ try wholeFile(path) }) { return bytes }
    } catch {
      throw IndexFileError(path: path, kind: .inputOutput, reason: systemWords((error as! MachineError).code))
    }
    throw IndexFileError(path: path, kind: .cannotCreate, reason: "it is no file that can be read")
  }

  /// Adds a line.
  func append(_ line: IndexLine) throws(IndexFileError) {
    let text = line.text()
    do throws(Disk.Failure) {
      try Disk.real.writeAll(descriptor, text)
    } catch {
      ftruncate(descriptor, off_t(length))
      lseek(descriptor, 0, SEEK_END)
      fsync(descriptor)
      throw IndexFileError(
        path: path, kind: .inputOutput, reason: "\(error.words); its \(lineCount) lines are intact")
    }
    length += text.count
    lineCount += 1
  }

  /// Puts a file of the known lines that are still true in the place of the old one.
  func keep(only isKept: (IndexLine) -> Bool) throws(IndexFileError) {
    let (text, count) = try kept(isKept)
    do throws(Disk.Failure) {
      let file = try PartialFile(path)
      guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw Disk.Failure(call: "flock", code: errno)
      }
      try file.write(text)
      try file.sync()
      let new = try file.finishOpen()
      close(descriptor)
      descriptor = new
    } catch {
      throw IndexFileError(path: path, kind: .inputOutput, reason: error.words)
    }
    length = text.count
    lineCount = count
  }

  /// The text of the lines to keep, each clip's first, and how many there are.
  private func kept(
    _ isKept: (IndexLine) -> Bool
  ) throws(IndexFileError) -> (text: [UInt8], count: Int) {
    let bytes = try Self.bytes(of: path)
    let decoder = IndexLine.decoder(shots: false)
    var (text, seen): ([UInt8], Set<ExactName>) = ([], [])
    for place in ClipIndex.texts(in: bytes) {
      guard let line = try? IndexLine(parsing: bytes[place], with: decoder), isKept(line),
        seen.insert(ExactName(line.path)).inserted
      else { continue }
      text += bytes[place]
    }
    return (text, seen.count)
  }

  /// Makes sure that the lines outlast a power cut.
  func sync() throws(IndexFileError) {
    guard fsync(descriptor) == 0 else {
      throw IndexFileError(path: path, kind: .inputOutput, reason: systemWords(errno))
    }
  }
}

/// An index cannot be written.
public struct IndexFileError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Kind: Sendable {
    /// It cannot be opened for writing.
    case cannotCreate
    /// Another process writes it.
    case inUse
    /// Writing failed.
    case inputOutput
  }

  /// The index.
  public let path: String
  /// What kind of trouble it is.
  public let kind: Kind
  /// The system's words, and what is there still.
  public let reason: String

  /// The file, the reason and the remedy.
  public var description: String {
    let remedy =
      switch kind {
      case .cannotCreate: "name a file in a folder that can be written to"
      case .inUse: "wait for it to end, or name another output"
      case .inputOutput: "make room there and run the same command again to go on"
      }
    return "cannot write the index \(path): \(reason); \(remedy)"
  }
}
