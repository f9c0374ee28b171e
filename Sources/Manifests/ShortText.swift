import Files
import Foundation
import Video

/// The short texts that lie beside clips: captions and classes.
enum ShortText {
  /// Reads a text of at most 64 KB through the door that clips come through: regular files in the root,
  /// nothing else.
  static func read(_ file: ClipFile) throws(VideoError) -> String {
    let bytes = try ClipBytes(file)
    return try read(bytes, ClipFile.Member(name: file.description, offset: 0, count: bytes.count))
  }

  /// Reads a piece of an open file, such as a member of an archive, in the same way.
  static func read(_ bytes: ClipBytes, _ piece: ClipFile.Member) throws(VideoError) -> String {
    func refusal(_ reason: String) -> VideoError {
      VideoError(path: piece.name, stage: .open, reason: reason)
    }
    guard piece.count <= TextLines.limit else { throw refusal(TextLines.tooLong) }
    return try withUnsafeTemporaryAllocation(byteCount: max(1, piece.count), alignment: 1) {
      (buffer) throws(VideoError) -> String in
      var count = 0
      while count < piece.count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count..<piece.count])
        let read = bytes.read(at: piece.offset + count, into: rest)
        if read < 0 { throw VideoError(path: piece.name, system: -read) }
        if read == 0 { throw refusal("it ends too early") }
        count += read
      }
      switch TextLines.content(UnsafeRawBufferPointer(rebasing: buffer[buffer[..<count].textStart..<count])) {
      case .text(let text): return text
      case .unfit(let problem): throw refusal(problem)
      }
    }
  }
}

extension String {
  /// The words of the text with single spaces between them.
  var onOneLine: String {
    isOnOneLine ? self : split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Whether its words have single spaces between them already, as most captions have; texts beyond ASCII may have other
  /// spaces.
  private var isOnOneLine: Bool {
    var last = UInt8(ascii: " ")
    for byte in utf8 {
      guard byte < 0x80, byte > UInt8(ascii: " ") || byte == UInt8(ascii: " ") && last != byte else {
        return false
      }
      last = byte
    }
    return utf8.isEmpty || last != UInt8(ascii: " ")
  }
}
