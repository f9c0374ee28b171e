/// Where a file says how large something is, by the structure of its container.
struct SizeField {
  /// Where the field begins.
  let offset: Int
  /// How many bytes it has.
  let length: Int
  let isLittleEndian: Bool
  /// Bits at the front that say how long the field is (Matroska).
  var marker: UInt8?
}

enum SizeFields {
  /// Sizes and counts of boxes (mp4, mov), elements (Matroska), or chunks (AVI); none where the container is another.
  static func find(in bytes: [UInt8]) -> [SizeField] {
    var fields: [SizeField] = []
    if bytes.count > 12, bytes[4..<8].elementsEqual("ftyp".utf8) || bytes[4..<8].elementsEqual("wide".utf8) {
      boxes(bytes, 0..<bytes.count, &fields)
    } else if bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      elements(bytes, 0..<bytes.count, &fields)
    } else if bytes.starts(with: "RIFF".utf8) {
      chunks(bytes, 0..<bytes.count, &fields)
    }
    return fields
  }

  /// Sets a field, or in a container of unknown structure any four bytes of the first 4096, to another size.
  static func blow(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    let anywhere = SizeField(
      offset: generator.below(min(4096, bytes.count)), length: 4, isLittleEndian: generator.below(2) == 0)
    let field = find(in: bytes).randomElement(using: &generator) ?? anywhere
    let bits = min(63, 8 * field.length)
    let sizes: [UInt64] = [
      0, 1, 7, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000, 0x1000_0000, UInt64(bytes.count),
      UInt64(bytes.count) * 2,
      (1 << UInt64(bits)) - 1, (1 << UInt64(bits - 1)) - 1,
      .random(in: 0..<1 << UInt64(bits), using: &generator),
    ]
    let size = sizes.randomElement(using: &generator)!
    for i in 0..<field.length where field.offset + i < bytes.count {
      let shift = UInt64(8 * (field.isLittleEndian ? i : field.length - 1 - i))
      bytes[field.offset + i] = shift < 64 ? UInt8(truncatingIfNeeded: size >> shift) : 0
    }
    if let marker = field.marker, field.offset < bytes.count {
      bytes[field.offset] = marker | (bytes[field.offset] & (marker - 1))
    }
  }

  private static func big(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> Int {
    bytes[offset..<offset + length].reduce(0) { $0 << 8 | Int($1) }
  }

  private static let boxesOfBoxes = Set(
    ["moov", "trak", "mdia", "minf", "stbl", "edts", "dinf", "udta", "mvex", "moof", "traf"].map {
      Array($0.utf8)
    })
  private static let tables = Set(
    ["stts", "stss", "stsc", "stco", "ctts", "elst", "stsd", "dref", "trun"].map { Array($0.utf8) })

  private static func boxes(_ bytes: [UInt8], _ range: Range<Int>, _ fields: inout [SizeField]) {
    var start = range.lowerBound
    while start + 8 <= range.upperBound {
      let size = big(bytes, start, 4)
      let kind = Array(bytes[start + 4..<start + 8])
      fields.append(SizeField(offset: start, length: 4, isLittleEndian: false))
      guard size >= 8, start + size <= range.upperBound else { return }
      if boxesOfBoxes.contains(kind) { boxes(bytes, start + 8..<start + size, &fields) }
      let count = start + (kind == Array("stsz".utf8) ? 16 : 12)
      if tables.contains(kind) || kind == Array("stsz".utf8), count + 4 <= start + size {
        fields.append(SizeField(offset: count, length: 4, isLittleEndian: false))
      }
      start += size
    }
  }

  /// Segment, Tracks, TrackEntry, Video, Cluster, BlockGroup, Cues, CuePoint, SeekHead.
  private static let elementsOfElements: Set<Int> = [
    0x1853_8067, 0x1654_AE6B, 0xAE, 0xE0, 0x1F43_B675, 0xA0, 0x1C53_BB6B, 0xBB, 0x114D_9B74,
  ]

  private static func elements(_ bytes: [UInt8], _ range: Range<Int>, _ fields: inout [SizeField]) {
    var start = range.lowerBound
    while start < range.upperBound {
      let idLength = bytes[start].leadingZeroBitCount + 1
      guard idLength <= 4, start + idLength < range.upperBound else { return }
      let at = start + idLength
      let length = bytes[at].leadingZeroBitCount + 1
      guard length <= 8, at + length <= range.upperBound else { return }
      let marker = UInt8(truncatingIfNeeded: 0x80 >> (length - 1))
      fields.append(SizeField(offset: at, length: length, isLittleEndian: false, marker: marker))
      let size = big(bytes, at, length) & ((1 << (7 * length)) - 1)
      let body = at + length
      let end = size <= range.upperBound - body ? body + size : range.upperBound
      if elementsOfElements.contains(big(bytes, start, idLength)) { elements(bytes, body..<end, &fields) }
      start = end
    }
  }

  private static func chunks(_ bytes: [UInt8], _ range: Range<Int>, _ fields: inout [SizeField]) {
    var start = range.lowerBound
    while start + 12 <= range.upperBound {
      fields.append(SizeField(offset: start + 4, length: 4, isLittleEndian: true))
      let size = bytes[start + 4..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let end = min(range.upperBound, start + 8 + size)
      let kind = Array(bytes[start..<start + 4])
      if kind == Array("RIFF".utf8) || kind == Array("LIST".utf8) {
        chunks(bytes, start + 12..<max(end, start + 12), &fields)
      }
      start = end + size % 2
    }
  }
}
