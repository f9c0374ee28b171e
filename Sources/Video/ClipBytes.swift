import Files
import Glibc

/// An open clip: the bytes of one regular file, or of a piece of one, read at any place.
///
/// The file is looked at before it is opened for reading, so that opening has no effects (a pipe would block, a device
/// might do anything), and where it really lies is asked of the kernel afterwards: no `..`, no link and no renaming
/// meanwhile leads out of the root. All reading of a clip goes through here; libav never sees a path.
public final class ClipBytes: Sendable {
  /// What was opened.
  public let file: ClipFile
  /// How many bytes the clip has.
  public let count: Int
  /// When the file was last written, in nanoseconds since 1970; times beyond 2262 wrap, which comparing does not mind.
  public let modified: Int
  let offset: Int
  let descriptor: Int32

  /// Opens a file.
  ///
  /// Throws when it is not there, no regular file, outside its root, larger than `limits.maxBytes`, or shorter than its
  /// member's place in it says.
  public init(_ file: ClipFile, limits: DecodeLimits = .standard) throws(VideoError) {
    self.file = file
    func refusal(_ reason: String) -> VideoError {
      VideoError(path: file.description, stage: .open, reason: reason)
    }
    func refusedBySystem() -> VideoError { VideoError(path: file.description, system: errno) }
    let handle = open(file.path, ClipBytes.placeOnly | O_CLOEXEC)
    guard handle >= 0 else { throw refusedBySystem() }
    defer { close(handle) }
    var status = stat()
    guard fstat(handle, &status) == 0 else { throw refusedBySystem() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw refusal("it is not a regular file") }
    if let root = file.root {
      let folder = open(root, ClipBytes.placeOnly | O_DIRECTORY | O_CLOEXEC)
      guard folder >= 0 else { throw VideoError(path: root, system: errno) }
      defer { close(folder) }
      guard let place = ClipBytes.realPath(handle), let limit = ClipBytes.realPath(folder) else {
        throw refusedBySystem()
      }
      guard limit == "/" || place.utf8.starts(with: (limit + "/").utf8) else {
        throw refusal("it leads out of \(root), the folder that the clips must lie in (data.root)")
      }
    }
    let size = Int(status.st_size)
    offset = file.member?.offset ?? 0
    count = file.member?.count ?? size
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw refusal("the file ends before this member of it does")
    }
    guard count <= limits.maxBytes else {
      throw refusal("its \(count) bytes are above the limit of \(limits.maxBytes) (data.limits.maxBytes)")
    }
    modified = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
    descriptor = open("/proc/self/fd/\(handle)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusedBySystem() }
  }

  /// A clip in a file that another process has opened; takes the descriptor over.
  init(descriptor: Int32, name: String, offset: Int, count: Int, modified: Int) {
    file = ClipFile(path: name)
    (self.descriptor, self.offset, self.count, self.modified) = (descriptor, offset, count, modified)
  }

  deinit { close(descriptor) }

  /// What tells the file from others.
  var identity: FileIdentity? { FileIdentity(descriptor: descriptor) }

  /// Reads bytes from a place in the clip on; as many as are there, 0 at its end.
  /// - Returns: how many were read, or the negative of the system's error number.
  public func read(at place: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let wanted = min(buffer.count, count - place)
    guard wanted > 0 else { return 0 }
    while true {
      let read = pread(descriptor, buffer.baseAddress, wanted, offset + place)
      if read >= 0 { return read }
      if errno != EINTR { return -Int(errno) }
    }
  }

  /// Linux's O_PATH, which Glibc's module hides: a handle on a place in the tree, through which nothing is read.
  private static let placeOnly: Int32 = 0o10_000_000

  /// The path of what a descriptor stands for, all links followed.
  private static func realPath(_ descriptor: Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
      let length = readlink("/proc/self/fd/\(descriptor)", buffer.baseAddress!, Int(PATH_MAX))
      guard length > 0 else { return nil }
      buffer[length] = 0
      return String(cString: buffer.baseAddress!)
    }
  }
}
