/// Bytes of a text in UTF-8, as it is written by editors of any system.
extension Collection<UInt8> {
  /// Where the text begins: behind the byte order mark that some editors put at its head.
  var textStart: Index {
    starts(with: [0xEF, 0xBB, 0xBF]) ? index(startIndex, offsetBy: 3) : startIndex
  }
}
