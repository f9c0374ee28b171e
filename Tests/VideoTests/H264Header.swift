/// The decoder's header of an H.264 stream in mp4 and Matroska (`avcC`, ISO/IEC 14496-15), with its first sequence parameter
/// set (ITU-T H.264, 7.3.2.1.1).
enum H264Header {
  /// Takes out of the parameter set all that is optional (its VUI), and so how many frames are shown later than decoded.
  /// The set keeps its length.
  static func dropOptionalParts(of header: inout [UInt8]) {
    let (start, count) = (8, Int(header[6]) << 8 | Int(header[7]))
    let set = Array(header[start..<start + count])
    precondition(header[0] == 1 && set[0] & 31 == 7, "this is no header with one parameter set")
    var bits = Bits(bytes: unescaped(set), place: 8)
    let profile = bits.number(8)
    bits.place += 16
    _ = bits.code()
    if [100, 110, 122, 244].contains(profile) {
      for _ in 0..<3 { _ = bits.code() }
      precondition(bits.number(2) == 0, "scaling lists are not looked for")
    }
    _ = bits.code()
    if bits.code() == 0 { _ = bits.code() }
    _ = bits.code()
    bits.place += 1
    for _ in 0..<2 { _ = bits.code() }
    if bits.number(1) == 0 { bits.place += 1 }
    bits.place += 1
    if bits.number(1) == 1 { for _ in 0..<4 { _ = bits.code() } }
    // Here the flag of the VUI stands; after it comes the end, a one and zeros.
    var short = Array(bits.bytes[..<(bits.place / 8)])
    let left = 7 - bits.place % 8
    let last = bits.bytes[bits.place / 8] & UInt8(truncatingIfNeeded: 0xff << (left + 1))
    short += left > 0 ? [last | 1 << UInt8(left - 1)] : [last, 0x80]
    precondition(unescaped(short).count == short.count, "the set would need escapes")
    header.replaceSubrange(
      start..<start + count, with: short + Array(repeating: 0, count: count - short.count))
  }

  /// Without the threes that keep start codes out (7.4.1.1).
  private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
    var (result, zeros) = ([UInt8](), 0)
    for byte in bytes {
      if zeros >= 2 && byte == 3 {
        zeros = 0
        continue
      }
      zeros = byte == 0 ? zeros + 1 : 0
      result.append(byte)
    }
    return result
  }

  private struct Bits {
    let bytes: [UInt8]
    var place: Int

    mutating func number(_ count: Int) -> Int {
      var result = 0
      for _ in 0..<count {
        result = result << 1 | Int(bytes[place / 8] >> UInt8(7 - place % 8)) & 1
        place += 1
      }
      return result
    }

    /// An unsigned number in Exp-Golomb code (9.1).
    mutating func code() -> Int {
      var zeros = 0
      while number(1) == 0 { zeros += 1 }
      return (1 << zeros) - 1 + number(zeros)
    }
  }
}
