import CLibArchive
import Files
import Foundation
import Video

/// A member of a tar archive: its name and where its bytes lie.
struct TarMember {
  /// What a member is.
  enum Kind {
    case file, folder
    /// A file with holes, whose bytes do not lie in one piece.
    case sparse
    /// A link, a device, or anything else that is no file of its own.
    case other
  }

  let name: String
  let kind: Kind
  let bytes: Range<Int>
}

/// Why an archive cannot be read on.
struct TarProblem: Error {
  let text: String
  /// The machine's trouble, where the archive is not at fault.
  var machine: MachineError?
}

/// Walks over the headers of a tar archive (ustar, pax, GNU) by libarchive, and over nothing else: members
/// are found, never extracted, and their bytes never pass through here.
final class TarArchive {
  private let door: Door
  private let archive: OpaquePointer
  private let locale: locale_t?

  /// What libarchive reads through: a piece of the file at a time, skipped pieces not at all.
  private final class Door {
    /// Small, since the next header lies behind each clip; large enough for the texts between two clips.
    static let pieceSize = 16 << 10
    let bytes: ClipBytes
    var place = 0
    var machine: MachineError?
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Door.pieceSize, alignment: 16)

    init(_ bytes: ClipBytes) { self.bytes = bytes }
    deinit { piece.deallocate() }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> Door {
      Unmanaged<Door>.fromOpaque(pointer!).takeUnretainedValue()
    }

    func read() -> Int {
      var count = 0
      do {
        try patiently {
          count = bytes.read(at: place, into: piece)
          if count < 0, let trouble = MachineError(path: bytes.file.description, code: -count) {
            throw trouble
          }
        }
      } catch {
        machine = error as? MachineError
      }
      if count > 0 { place += count }
      return count
    }

    func skip(_ wanted: Int64) -> Int64 {
      let count = max(0, min(wanted, Int64(bytes.count - place)))
      place += Int(count)
      return count
    }
  }

  /// Opens an archive.
  init(_ bytes: ClipBytes) throws(TarProblem) {
    door = Door(bytes)
    if let method = TarArchive.compression(of: bytes) {
      throw TarProblem(text: "it is compressed (\(method)); decompress it: clips are read in place")
    }
    guard let archive = archive_read_new() else { fatalError("out of memory for an archive") }
    self.archive = archive
    locale = clibarchive_utf8_locale()
    archive_read_support_format_tar(archive)
    archive_read_set_read_callback(archive) { _, door, buffer in
      let door = Door.of(door)
      buffer?.pointee = UnsafeRawPointer(door.piece.baseAddress)
      return door.read()
    }
    archive_read_set_skip_callback(archive) { _, door, count in Door.of(door).skip(count) }
    archive_read_set_callback_data(archive, Unmanaged.passUnretained(door).toOpaque())
    guard archive_read_open1(archive) == ARCHIVE_OK else { throw problem }
  }

  deinit {
    archive_read_free(archive)
    if let locale { freelocale(locale) }
  }

  private var problem: TarProblem {
    let words = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
    return TarProblem(
      text: "it cannot be read as a tar archive (\(words)); make it anew or leave it out",
      machine: door.machine)
  }

  /// The next member; nil at the end.
  ///
  /// Throws when the archive is broken, when a name is not UTF-8, and when a member's bytes would lie beyond
  /// the file.
  func next() throws(TarProblem) -> TarMember? {
    // libarchive turns names into the locale's characters.
    let before = uselocale(locale)
    defer { uselocale(before) }
    var entry: OpaquePointer?
    let result = archive_read_next_header(archive, &entry)
    if result == ARCHIVE_EOF { return nil }
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry else { throw problem }
    guard let name = archive_entry_pathname_utf8(entry).flatMap({ String(validatingCString: $0) }) else {
      throw TarProblem(text: "a member's name is not UTF-8; make the archive anew with names that are")
    }
    // Nothing is decompressed, so what libarchive has consumed is where it stands in the file: behind the
    // header.
    let (start, count) = (Int(archive_filter_bytes(archive, 0)), Int(archive_entry_size(entry)))
    let kind = TarArchive.kind(of: entry)
    guard kind != .file || count >= 0 && start <= door.bytes.count && count <= door.bytes.count - start else {
      throw TarProblem(
        text: "its member \(name) of \(count) bytes would end beyond the archive; make the archive anew")
    }
    return TarMember(name: name, kind: kind, bytes: start..<(kind == .file ? start + count : start))
  }

  private static func kind(of entry: OpaquePointer) -> TarMember.Kind {
    if archive_entry_sparse_count(entry) > 0 { return .sparse }
    if clibarchive_is_regular(entry) != 0 { return .file }
    return clibarchive_is_folder(entry) != 0 ? .folder : .other
  }

  /// What an archive is compressed by, told by its first bytes; nil for a plain one.
  private static func compression(of bytes: ClipBytes) -> String? {
    var start = [UInt8](repeating: 0, count: 6)
    _ = start.withUnsafeMutableBytes { bytes.read(at: 0, into: $0) }
    let methods: [(String, [UInt8])] = [
      ("gzip", [0x1F, 0x8B]), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]), ("bzip2", [0x42, 0x5A, 0x68]),
      ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]), ("lz4", [0x04, 0x22, 0x4D, 0x18]),
    ]
    return methods.first { start.starts(with: $0.1) }?.0
  }
}
