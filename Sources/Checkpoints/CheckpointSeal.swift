import HDF5
import Hashing

/// The first 512 bytes of a checkpoint: the size of the file and the SHA-256 of all that follows.
///
/// HDF5 lets a file begin with a block of the user's own, and every HDF5 program skips it. So the checksum travels with
/// the file, changes name with it in one step, and is checked before HDF5 sees a byte. It is plain text, and
/// `tail -c +513 FILE | sha256sum` gives the same digest.
struct CheckpointSeal {
  /// The size of the block; HDF5 allows 512 and its doubles.
  static let byteCount = 512
  /// The size of the whole file.
  let fileSize: Int
  /// 64 hexadecimal digits.
  let digest: String

  private static let opening =
    "Checkpoint of video-foundation-models, sealed. From byte 512 on it is an HDF5 file.\n"
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

  /// What a file shows to be at its beginning.
  enum Finding: Equatable {
    /// Sealed with this digest, and every byte is as it was written.
    case whole(digest: String)
    /// HDF5 without a seal, as other programs write it.
    case unsealed
    /// Neither; the text says why.
    case damaged(String)
  }

  /// The seal that fits a file whose first 512 bytes are still free.
  init(of file: UnsafeRawBufferPointer) {
    fileSize = file.count
    digest = SHA256.hex(of: UnsafeRawBufferPointer(rebasing: file[Self.byteCount...]))
  }

  /// The block as it is written.
  var block: [UInt8] {
    var bytes = Array("\(Self.opening)size \(fileSize)\nsha256 \(digest)\n".utf8)
    bytes += Array("check: tail -c +513 FILE | sha256sum\n".utf8)
    bytes += repeatElement(UInt8(ascii: " "), count: Self.byteCount - 1 - bytes.count)
    return bytes + [UInt8(ascii: "\n")]
  }

  /// How much of a file's beginning tells whether it may be one.
  static let headCount = byteCount + signature.count

  /// What a file's first `headCount` bytes, or fewer, tell to be wrong with it, before all of it is read.
  static func damage(head: UnsafeRawBufferPointer, fileSize: Int) -> String? {
    if head.isEmpty { return "it is empty" }
    if head.starts(with: signature) { return nil }
    guard head.starts(with: opening.utf8) else {
      let isHDF5 = head.count > byteCount && head[byteCount...].starts(with: signature)
      return isHDF5 ? "its first 512 bytes are not those of a checkpoint" : "it is not an HDF5 file"
    }
    guard head.count > byteCount else { return "it is cut off after \(fileSize) bytes" }
    let lines = String(decoding: head[opening.utf8.count..<byteCount], as: UTF8.self).split(separator: "\n")
    // Whatever else the line says, the seal is compared as a whole later.
    guard let size = lines.first.flatMap({ Int($0.dropFirst("size ".count)) }), size >= 0, size != fileSize
    else { return nil }
    return size > fileSize
      ? "it is cut off, \(fileSize) of \(size) bytes are there" : "it has \(fileSize - size) bytes too many"
  }

  /// Checks every byte of a file.
  static func examine(_ file: UnsafeRawBufferPointer) -> Finding {
    let head = UnsafeRawBufferPointer(rebasing: file.prefix(headCount))
    if let damage = damage(head: head, fileSize: file.count) { return .damaged(damage) }
    if file.starts(with: signature) { return .unsealed }
    // The seal is compared as a whole, so that a flipped bit anywhere in it is found too.
    let seal = CheckpointSeal(of: file)
    return file.starts(with: seal.block)
      ? .whole(digest: seal.digest) : .damaged("its content does not match its SHA-256 checksum")
  }
}
