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
        if read < 0 { throw refusal(systemWords(-read)) }
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
  var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
