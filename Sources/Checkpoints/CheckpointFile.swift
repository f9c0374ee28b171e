import Files
import Foundation
import HDF5

/// One checkpoint as one file: sealed HDF5, written so that a crash at any moment costs nothing that was there before.
public enum CheckpointFile {
  /// A file in memory, ready to be written.
  public struct Image: Sendable {
    let image: FileImage
    /// The SHA-256 that its seal says.
    let digest: String

    /// The size of the file in bytes.
    public var byteCount: Int { image.count }

    /// The bytes, valid inside `body`.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
    {
      try withExtendedLifetime(image) { try body(UnsafeRawBufferPointer(image.bytes)) }
    }
  }

  /// The size in bytes of the file of some contents, to within a few per cent, known before it is encoded.
  public static func estimatedByteCount(tensors: Int, floats: Int) -> Int {
    16_384 + 640 * tensors + 4 * floats
  }

  /// Builds the file of `contents` in memory: one copy of the floats, no more.
  ///
  /// Names that cannot be stored are mistakes in the program and trap: two tensors of one name, a tensor that is also
  /// a folder (`a` beside `a.b`), an empty part (`a..b`), a slash. So do pieces of tensors: they are saved together with
  /// the others (`CheckpointFolder.save`).
  public static func encode(_ contents: CheckpointContents) throws -> Image {
    try encode(contents, as: .whole)
  }

  /// Builds one file of a checkpoint.
  static func encode(_ contents: CheckpointContents, as role: FileRole) throws -> Image {
    do {
      let image = try CheckpointEncoder.encode(contents, as: role, userBlock: CheckpointSeal.byteCount)
      let seal = CheckpointSeal(of: UnsafeRawBufferPointer(image.bytes))
      image.bytes.copyBytes(from: seal.block)
      return Image(image: image, digest: seal.digest)
    } catch let failure as HDF5.Failure {
      throw CheckpointError.failedToWrite(
        path: "a checkpoint in memory", reason: failure.description, intact: nil)
    }
  }

  /// Writes `contents` to `path`: under a temporary name beside it, to the disk, read back, then renamed.
  ///
  /// If it throws, whatever had the name `path` is still there, whole, and no temporary file is left behind.
  public static func write(_ contents: CheckpointContents, to path: String) throws {
    try write(encode(contents), to: path, disk: .real)
  }

  /// Writes a file that is already encoded.
  public static func write(_ image: Image, to path: String) throws {
    try write(image, to: path, disk: .real)
  }

  static func write(_ image: Image, to path: String, disk: Disk) throws {
    do throws(WholeFile.Failure) {
      try WholeFile.write(UnsafeRawBufferPointer(image.image.bytes), to: path, disk: disk)
    } catch {
      switch error {
      case .diskFull(let needed, let free):
        throw CheckpointError.diskFull(path: path, needed: needed, free: free, intact: nil)
      case .cannotCreate(let reason):
        throw CheckpointError.cannotCreate(path: path, reason: reason)
      case .failed(let reason):
        throw CheckpointError.failedToWrite(path: path, reason: reason, intact: nil)
      }
    }
  }

  /// Reads a checkpoint: every byte is compared with the seal before HDF5 sees the file, then all that the file
  /// declares is checked, before any tensor is read.
  ///
  /// A file without a seal, as other programs write it, is read too; then only HDF5's own checksums guard it, and
  /// `warnings` says so. Of a checkpoint in parts `path` is the first file; the others are found beside it, each is checked
  /// alike, and together they give what one file would.
  /// - Parameter isolate: whether HDF5 sees the file in a process of its own alone, which is locked in: for files of strangers.
  /// - Throws: `CheckpointError`; `MachineError` when the machine does not let it be read for a while; `IsolationError` when
  ///   it does not let a process be locked in.
  public static func read(_ path: String, isolate: Bool = false) throws -> LoadedCheckpoint {
    let file = try readAlone(path, isolate: isolate)
    switch try FileRole(file.attributes, path: path) {
    case .whole: return LoadedCheckpoint(path: path, file)
    case .first(let parts): return try join(file, parts, path: path, isolate: isolate)
    case .part(let first): throw CheckpointError.isPart(path: path, of: first.printable)
    }
  }

  /// One file, whatever it is of its checkpoint.
  static func readAlone(_ path: String, isolate: Bool) throws -> any CheckpointStorage {
    guard isolate else { return try CheckpointImage(load(path), path: path) }
    return try readingPatiently(path) {
      let file = try open(path)
      defer { _ = close(file.descriptor) }
      try requireRoom(for: file.size, path)
      return try IsolatedCheckpoint(file.descriptor, byteCount: file.size, path: path)
    }
  }

  /// Reads a file, again after a pause while the machine is in trouble.
  private static func readingPatiently<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try patiently(body)
    } catch let error as MachineError where error.code == EIO {
      // A disk that has lost these bytes has not lost those of other checkpoints.
      throw CheckpointError.damaged(path: path, reason: systemWords(error.code))
    }
  }

  /// Throws unless so many bytes fit into the machine's memory.
  static func requireRoom(for size: Int, _ path: String) throws {
    guard size <= mostBytes else {
      throw CheckpointError.unreadable(path: path, reason: "its \(size) bytes do not fit in memory")
    }
  }

  /// The bytes of the file at `path`.
  /// - Throws: `CheckpointError`; `MachineError` when the machine does not let it be read for a while.
  static func load(_ path: String, disk: Disk = .real) throws -> FileImage {
    try readingPatiently(path) { try loadAtOnce(path, disk) }
  }

  private static func loadAtOnce(_ path: String, _ disk: Disk) throws -> FileImage {
    let file = try open(path)
    defer { _ = close(file.descriptor) }
    return try image(of: file.descriptor, size: file.size, path: path, disk: disk)
  }

  /// Opens the regular file at `path` for reading.
  private static func open(_ path: String) throws -> (descriptor: Int32, size: Int) {
    var status = stat()
    // Some devices do something when they are opened, or do not open.
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw CheckpointError.unreadable(path: path, reason: "it is not a file")
    }
    let file = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file < 0 {
      let code = errno
      if let machine = MachineError(path: path, code: code) { throw machine }
      throw code == ENOENT
        ? CheckpointError.missing(path: path)
        : CheckpointError.unreadable(path: path, reason: systemWords(code))
    }
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      _ = close(file)
      throw CheckpointError.unreadable(path: path, reason: "it is not a file")
    }
    return (file, Int(status.st_size))
  }

  /// The bytes of an open file, in memory.
  static func image(of file: Int32, size: Int, path: String, disk: Disk = .real) throws -> FileImage {
    // A file of another kind, or of a false size, is not read as a whole.
    let head = UnsafeMutableRawBufferPointer.allocate(byteCount: CheckpointSeal.headCount, alignment: 1)
    defer { head.deallocate() }
    let headCount: Int
    do throws(Disk.Failure) {
      headCount = try disk.readAll(file, into: head)
    } catch {
      throw trouble(error, path)
    }
    let start = UnsafeRawBufferPointer(rebasing: head.prefix(headCount))
    if let damage = CheckpointSeal.damage(head: start, fileSize: size) {
      throw CheckpointError.damaged(path: path, reason: damage)
    }
    try requireRoom(for: size, path)
    guard let image = FileImage(count: size) else {
      throw CheckpointError.unreadable(path: path, reason: "its \(size) bytes do not fit in memory")
    }
    do throws(Disk.Failure) {
      let count = try disk.readAll(file, into: image.bytes)
      if count < image.count { image.truncate(to: count) }
      return image
    } catch {
      throw trouble(error, path)
    }
  }

  private static func trouble(_ failure: Disk.Failure, _ path: String) -> any Error {
    MachineError(path: path, code: failure.code)
      ?? CheckpointError.damaged(path: path, reason: failure.reason)
  }

  /// As many bytes as the machine's memory has.
  private static let mostBytes = Int(ProcessInfo.processInfo.physicalMemory)
}
