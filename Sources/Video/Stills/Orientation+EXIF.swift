import CLibAV

extension Orientation {
  /// The orientation of EXIF's tag 0x0112, 1 to 8; upright for any other number.
  init(exif number: Int) {
    swapsAxes = (5...8).contains(number)
    flipsX = [2, 3, 6, 7].contains(number)
    flipsY = [3, 4, 7, 8].contains(number)
  }

  /// How a picture lies by its EXIF, which libav tells of JPEG and WebP; PNG's is read here.
  /// - Throws: `VideoError` when the system does not let the file be read.
  init(ofPicture frame: FrameMemory, in bytes: ClipBytes) throws(VideoError) {
    let tag = av_dict_get(frame.pointer.pointee.metadata, "Orientation", nil, 0)
    let text = tag.map { String(cString: $0.pointee.value).filter(\.isNumber) }
    if let number = text.flatMap({ Int($0) }) {
      self.init(exif: number)
    } else {
      self.init(exif: try PNGOrientation.read(bytes) ?? 1)
    }
  }
}

/// The orientation in a PNG's chunk `eXIf` (PNG, third edition, 11.3.4.5), which is a TIFF header and its first directory.
enum PNGOrientation {
  /// The number of the tag; nil when there is none, and for any other file.
  static func read(_ bytes: ClipBytes) throws(VideoError) -> Int? {
    guard
      try piece(of: bytes, at: 0, count: 8)?.elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        == true
    else { return nil }
    var place = 8
    // The chunk may stand before or behind the samples; what comes after so many chunks is no picture of a camera.
    for _ in 0..<4096 {
      guard let head = try piece(of: bytes, at: place, count: 8) else { return nil }
      let length = number(head[0..<4], isLittle: false)
      let name = String(decoding: head[4..<8], as: UTF8.self)
      if name == "eXIf" {
        return try piece(of: bytes, at: place + 8, count: min(length, 64 << 10)).flatMap(tag)
      }
      if name == "IEND" { return nil }
      place += 12 + length
    }
    return nil
  }

  private static func piece(
    of bytes: ClipBytes, at place: Int, count: Int
  ) throws(VideoError) -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: count)
    let read = piece.withUnsafeMutableBytes { bytes.read(at: place, into: $0) }
    if read < 0 { throw VideoError(path: bytes.file.description, system: -read) }
    return read == count ? piece : nil
  }

  /// Tag 0x0112 of the first directory: entries of 12 bytes, which are tag, type, count and value.
  private static func tag(_ exif: [UInt8]) -> Int? {
    guard exif.count >= 8 else { return nil }
    let isLittle = exif[0] == UInt8(ascii: "I")
    func number(at place: Int, _ count: Int) -> Int? {
      place >= 0 && place + count <= exif.count
        ? PNGOrientation.number(exif[place..<place + count], isLittle: isLittle) : nil
    }
    guard let start = number(at: 4, 4), let count = number(at: start, 2) else { return nil }
    for entry in 0..<count where number(at: start + 2 + 12 * entry, 2) == 0x0112 {
      return number(at: start + 2 + 12 * entry + 8, 2)
    }
    return nil
  }

  private static func number(_ bytes: ArraySlice<UInt8>, isLittle: Bool) -> Int {
    (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
  }
}
