/// Builds the boxes of an mp4 by hand.
package enum Box {
  /// A box of a kind with what is in it.
  package static func make(_ kind: String, _ parts: [UInt8]...) -> [UInt8] {
    let body = parts.flatMap { $0 }
    return big(UInt32(8 + body.count)) + Array(kind.utf8) + body
  }

  /// A box of version 0 without flags.
  package static func full(_ kind: String, version: UInt8 = 0, flags: UInt8 = 0, _ parts: [UInt8]...)
    -> [UInt8]
  {
    make(kind, [version, 0, 0, flags], parts.flatMap { $0 })
  }

  /// A number, the high byte first.
  package static func big<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
  }

  /// Zeros.
  package static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  /// What differs between the tracks of hostile files; the rest is as in a sound one.
  package struct Track: Sendable {
    package var width: UInt16 = 64
    package var height: UInt16 = 48
    package var timescale: UInt32 = 25
    package var duration: UInt32 = 1
    package var edits: [UInt8] = []
    package var timeToSample = Box.big(UInt32(1)) + Box.big(UInt32(1)) + Box.big(UInt32(1))
    package var sampleToChunk =
      Box.big(UInt32(1)) + Box.big(UInt32(1)) + Box.big(UInt32(1)) + Box.big(UInt32(1))
    package var sampleSizes = Box.big(UInt32(1)) + Box.big(UInt32(1))
    package var chunkOffsets = Box.big(UInt32(1)) + Box.big(UInt32(0))
    package var moreTables: [UInt8] = []
    package var dataReferences = Box.big(UInt32(1)) + Box.full("url ", flags: 1)
    /// The kind of codec, of four letters.
    package var codec = "jpeg"

    package init() {}

    var entry: [UInt8] {
      Box.make(
        codec, Box.zeros(6), Box.big(UInt16(1)), Box.zeros(16), Box.big(width), Box.big(height),
        Box.big(UInt32(0x480000)), Box.big(UInt32(0x480000)), Box.zeros(4), Box.big(UInt16(1)), Box.zeros(32),
        Box.big(UInt16(24)), Box.big(UInt16(0xffff)))
    }

    /// The track's box.
    package var box: [UInt8] {
      let table = Box.make(
        "stbl", Box.full("stsd", Box.big(UInt32(1)), entry), Box.full("stts", timeToSample),
        Box.full("stsc", sampleToChunk), Box.full("stsz", sampleSizes), Box.full("stco", chunkOffsets),
        moreTables)
      let media = Box.make(
        "mdia", Box.full("mdhd", Box.zeros(8), Box.big(timescale), Box.big(duration), Box.zeros(4)),
        Box.full("hdlr", Box.zeros(4), Array("vide".utf8), Box.zeros(13)),
        Box.make(
          "minf", Box.full("vmhd", flags: 1, Box.zeros(8)),
          Box.make("dinf", Box.full("dref", dataReferences)), table))
      let header = Box.full(
        "tkhd", flags: 3, Box.zeros(8), Box.big(UInt32(1)), Box.zeros(4), Box.big(duration), Box.zeros(16),
        Box.big(UInt32(0x10000)), Box.zeros(12), Box.big(UInt32(0x10000)), Box.zeros(12),
        Box.big(UInt32(0x4000_0000)),
        Box.big(UInt32(width) << 16), Box.big(UInt32(height) << 16))
      return Box.make("trak", header, edits, media)
    }
  }

  /// A whole file of some tracks.
  package static func file(_ tracks: [UInt8], more: [UInt8] = [], data: [UInt8] = []) -> [UInt8] {
    make("ftyp", Array("isom".utf8), big(UInt32(0)), Array("isommp42".utf8))
      + make(
        "moov",
        full("mvhd", zeros(8), big(UInt32(1000)), big(UInt32(1000)), zeros(76), big(UInt32(2))), tracks, more)
      + make("mdat", data)
  }
}
