import Foundation

/// The lines of a text, each ending in LF or CRLF; a byte order mark is skipped.
struct TextLines {
  /// The longest line that is read, in bytes.
  static let limit = 64 << 10
  /// What is said of a longer one.
  static let tooLong = "it is longer than 64 KB"

  /// A line, or what is wrong with it.
  enum Content {
    case text(String)
    case unfit(String)
  }

  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private var number = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    position = bytes.textStart
  }

  /// The bytes of the next line and its number, counted from 1; nil at the end.
  mutating func nextBytes() -> (number: Int, range: Range<Int>)? {
    guard position < bytes.count else { return nil }
    let start = position
    var end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    position = end + 1
    number += 1
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return (number, start..<end)
  }

  /// The next line, without spaces and tabs around it.
  mutating func next() -> (number: Int, content: Content)? {
    guard let (number, whole) = nextBytes() else { return nil }
    if whole.count > TextLines.limit { return (number, .unfit(TextLines.tooLong)) }
    let isSpace: (Int) -> Bool = { [bytes] in bytes[$0] == 0x20 || bytes[$0] == 0x09 }
    let start = whole.first { !isSpace($0) } ?? whole.upperBound
    let end = whole.last { !isSpace($0) }.map { $0 + 1 } ?? start
    return (number, TextLines.content(UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
  }

  /// Some bytes as a text, if they are one.
  static func content(_ bytes: UnsafeRawBufferPointer) -> Content {
    guard let text = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else {
      return .unfit("it is not UTF-8 text")
    }
    return bytes.contains(0) ? .unfit("the character NUL stands in it") : .text(text)
  }
}

extension ManifestDraft {
  /// Takes each line of a text that is not empty; what is wrong with lines is noted.
  mutating func forEachLine(of source: ManifestSource, _ take: (inout ManifestDraft, String, Int) -> Void) {
    source.bytes.withUnsafeBytes { bytes in
      var lines = TextLines(bytes)
      while let (number, content) = lines.next() {
        switch content {
        case .unfit(let problem): report(problem, line: number)
        case .text(let text): if !text.isEmpty { take(&self, text, number) }
        }
      }
    }
  }
}
