/// Builds the elements of a Matroska file by hand.
package enum Element {
  /// An element of an id with what is in it; `size` is what it says of its size, if that is a lie.
  package static func make(_ id: [UInt8], size: UInt64? = nil, _ parts: [UInt8]...) -> [UInt8] {
    let body = parts.flatMap { $0 }
    return id + Box.big(0x0100_0000_0000_0000 | (size ?? UInt64(body.count))) + body
  }

  /// An element that holds a number.
  package static func number(_ id: [UInt8], _ value: UInt64) -> [UInt8] { make(id, Box.big(value)) }

  /// An element that holds a text.
  package static func text(_ id: [UInt8], _ value: String) -> [UInt8] { make(id, Array(value.utf8)) }

  /// A video track.
  /// - Parameter more: further elements of the track's entry.
  package static func track(
    codec: String, number: UInt64 = 1, width: UInt64, height: UInt64, more: [UInt8] = []
  ) -> [UInt8] {
    make(
      [0xAE], Element.number([0xD7], number), Element.number([0x73, 0xC5], number), Element.number([0x83], 1),
      text([0x86], codec),
      make([0xE0], Element.number([0xB0], width), Element.number([0xBA], height)), more)
  }

  /// A block of a cluster with a key frame.
  package static func block(_ data: [UInt8], at time: Int16 = 0) -> [UInt8] {
    make([0xA3], [0x81], Box.big(time), [0x80], data)
  }

  /// A whole file.
  package static func file(information: [UInt8] = [], tracks: [UInt8], clusters: [UInt8]) -> [UInt8] {
    make(
      [0x1A, 0x45, 0xDF, 0xA3], number([0x42, 0x86], 1), number([0x42, 0xF7], 1), number([0x42, 0xF2], 4),
      number([0x42, 0xF3], 8), text([0x42, 0x82], "matroska"), number([0x42, 0x87], 4),
      number([0x42, 0x85], 2))
      + make(
        [0x18, 0x53, 0x80, 0x67],
        make([0x15, 0x49, 0xA9, 0x66], number([0x2A, 0xD7, 0xB1], 1_000_000), information),
        make([0x16, 0x54, 0xAE, 0x6B], tracks), clusters)
  }

  /// A cluster of blocks.
  package static func cluster(_ blocks: [UInt8], at time: UInt64 = 0) -> [UInt8] {
    make([0x1F, 0x43, 0xB6, 0x75], number([0xE7], time), blocks)
  }
}
