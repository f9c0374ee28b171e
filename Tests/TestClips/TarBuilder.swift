import Foundation

/// Writes tar archives byte by byte, the wicked ones too.
package struct TarBuilder {
  /// What was written so far.
  package private(set) var bytes: [UInt8] = []

  /// An archive without members.
  package init() {}

  /// A header block. `size` is what it claims.
  package mutating func header(
    _ name: String, size: Int, type: Character = "0", link: String = "", isGNU: Bool = false
  ) {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: some Sequence<UInt8>, _ offset: Int) {
      for (index, byte) in text.enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: Int, _ digits: Int) -> [UInt8] {
      let text = String(value, radix: 8)
      return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
    }
    put(name.utf8.prefix(100), 0)
    put("0000644".utf8, 100)
    put("0000000".utf8, 108)
    put("0000000".utf8, 116)
    put(octal(size, 11), 124)
    put("00000000000".utf8, 136)
    put("        ".utf8, 148)
    block[156] = type.asciiValue!
    put(link.utf8.prefix(100), 157)
    put(isGNU ? Array("ustar  ".utf8) : Array("ustar".utf8) + [0] + Array("00".utf8), 257)
    seal(&block)
    bytes += block
  }

  private func seal(_ block: inout [UInt8]) {
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    let text = Array((String(repeating: "0", count: 6 - sum.count) + sum).utf8) + [0, 0x20]
    block.replaceSubrange(148..<156, with: text)
  }

  /// The bytes of a member.
  package mutating func content(_ content: [UInt8]) {
    bytes += content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// A file of bytes.
  package mutating func file(_ name: String, _ content: [UInt8]) {
    header(name, size: content.count)
    self.content(content)
  }

  /// A file of text.
  package mutating func file(_ name: String, _ text: String) { file(name, [UInt8](text.utf8)) }

  /// A pax header for the member that follows.
  package mutating func pax(_ records: [(String, String)]) {
    var text = ""
    for (key, value) in records {
      let body = " \(key)=\(value)\n"
      var length = body.utf8.count
      while "\(length)".count + body.utf8.count != length { length = "\(length)".count + body.utf8.count }
      text += "\(length)\(body)"
    }
    header("pax", size: text.utf8.count, type: "x")
    content([UInt8](text.utf8))
  }

  /// A file whose name GNU tar writes in a member before it.
  package mutating func gnuFile(longName name: String, _ content: [UInt8]) {
    header("././@LongLink", size: name.utf8.count + 1, type: "L", isGNU: true)
    self.content([UInt8](name.utf8) + [0])
    header(String(name.prefix(99)), size: content.count, isGNU: true)
    self.content(content)
  }

  /// A file of GNU's old sparse form: a piece of 512 bytes at 4096 of 8192.
  package mutating func oldSparse(_ name: String) {
    header(name, size: 512, type: "S", isGNU: true)
    var block = Array(bytes.suffix(512))
    for (offset, value) in [(386, 4096), (398, 512), (483, 8192)] {
      let text = String(value, radix: 8)
      let digits = String(repeating: "0", count: 11 - text.count) + text
      block.replaceSubrange(offset..<offset + 11, with: digits.utf8)
    }
    block.replaceSubrange(148..<156, with: repeatElement(0x20, count: 8))
    seal(&block)
    bytes.replaceSubrange(bytes.count - 512..<bytes.count, with: block)
    content([UInt8](repeating: 7, count: 512))
  }

  /// Both empty blocks at the end.
  package var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
