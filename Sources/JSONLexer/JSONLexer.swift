/// Reads one string or number of JSON (RFC 8259, strictly) where it stands in some bytes.
///
/// Two readers are built on it: one that makes a tree with places, and one that walks over millions of lines and makes
/// only what is asked for. They share what a string and a number are; what surrounds these, and the words for what is
/// wrong, is each reader's own.
package struct JSONLexer {
  let bytes: UnsafeRawBufferPointer
  private let end: Int
  /// The next byte to read.
  package private(set) var index: Int

  /// A lexer that begins at a byte and reads no further than `end`; the bytes must outlive it.
  package init(_ bytes: UnsafeRawBufferPointer, from index: Int, to end: Int) {
    self.bytes = bytes
    self.index = index
    self.end = end
  }

  /// The byte to be read next; nil at the end.
  var next: UInt8? { index < end ? bytes[index] : nil }

  /// Steps over bytes.
  mutating func skip(_ count: Int = 1) { index += count }
}

/// Why a string or a number is none.
package struct JSONFault: Error, Equatable {
  /// What is wrong.
  package enum Kind: Equatable, Sendable {
    /// The text ends within a string.
    case unclosedString
    /// A string holds a control character as it is: a line break, say.
    case controlCharacter(UInt8)
    /// A string is not UTF-8.
    case notUTF8
    /// No letter that JSON knows follows a backslash.
    case unknownEscape
    /// Fewer than four hexadecimal digits follow `\u`.
    case missingHexadecimalDigit
    /// Half of a surrogate pair stands alone.
    case loneSurrogate
    /// A digit is missing in a part of a number.
    case missingDigit(NumberPart)
    /// A number begins with a 0 that another digit follows.
    case spareZero
    /// A number is beyond the range of `Double`.
    case tooLarge
  }

  /// A part of a number that needs a digit.
  package enum NumberPart: Sendable {
    /// Before the point, behind it, or behind the e.
    case whole, fraction, exponent
  }

  /// What is wrong.
  package let kind: Kind
  /// Where the string, the escape in it or the number begins.
  package let start: Int
  /// Where the reading stopped.
  package let index: Int
}
