import Foundation
import HDF5
import Hashing

/// The layout of a shard: an HDF5 file of some packed clips, in columns.
///
/// `pixels` holds the pictures of all frames, one after the other; `frames/…` and `clips/…` have a value a
/// frame and a clip; texts lie one after the other in a dataset of bytes beside one of their ends.
enum PackShard {
  /// The version of the layout written here, and the only one that is read.
  static let version = 1
  static let ending = ".h5"

  /// `clips-00003.h5`
  static func name(_ number: Int) -> String {
    let digits = String(number)
    return "clips-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ending
  }

  /// The number that a file's name says, if it is the name of a shard.
  static func number(of name: String) -> Int? {
    guard name.hasPrefix("clips-"), name.hasSuffix(ending) else { return nil }
    guard let number = Int(name.dropFirst("clips-".count).dropLast(ending.count)) else { return nil }
    return PackShard.name(number) == name ? number : nil
  }

  /// Builds a shard in memory. The contents are taken away one by one, so that no picture is held twice for
  /// long.
  static func image(
    of contents: inout [PackedContent], _ transforms: [PackedList: PackTransform]
  ) throws -> FileImage {
    let total = contents.reduce(0) { $0 + $1.pixels.count }
    var place: Int?
    let image = try HDF5Writer.image(expecting: total) { writer in
      try writer.write(.integer(version), attribute: "packFormat")
      for (list, transform) in transforms.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        try writer.write(.text(json(transform)), attribute: "transform_\(list.rawValue)")
      }
      try writeFrames(contents.flatMap(\.frames), &writer)
      try writeClips(contents, &writer)
      if total > 0 {
        place = try writer.write(.uint8, "pixels", shape: [total], layout: .plain, values: nil)
      }
    }
    if var place {
      for index in contents.indices {
        contents[index].pixels.withUnsafeBytes { pixels in
          image.bytes[place..<place + pixels.count].copyBytes(from: pixels)
          place += pixels.count
        }
        contents[index].pixels = []
      }
    }
    return image
  }

  private static func writeFrames(_ frames: [PackedContent.Frame], _ writer: inout HDF5Writer) throws {
    try write(frames.map(\.seconds), "frames/seconds", &writer)
    try write(frames.map(\.until), "frames/until", &writer)
    try write(frames.map(\.width), "frames/width", &writer)
    try write(frames.map(\.height), "frames/height", &writer)
    try write(frames.map(\.check), "frames/check", &writer)
  }

  private static func writeClips(_ clips: [PackedContent], _ writer: inout HDF5Writer) throws {
    try write(clips.map(\.name.name), "clips/name", &writer)
    try write(clips.map(\.name.list.rawValue), "clips/list", &writer)
    try write(clips.map { $0.name.start ?? .nan }, "clips/start", &writer)
    try write(clips.map { $0.name.end ?? .nan }, "clips/end", &writer)
    try write(clips.map(\.bytes), "clips/bytes", &writer)
    try write(clips.map(\.modified), "clips/modified", &writer)
    try write(clips.map(\.sha256), "clips/sha256", &writer)
    try write(clips.map { $0.facts?.seconds ?? .nan }, "clips/seconds", &writer)
    try write(clips.map { $0.facts?.width ?? 0 }, "clips/width", &writer)
    try write(clips.map { $0.facts?.height ?? 0 }, "clips/height", &writer)
    try write(clips.map { $0.faults.isEmpty ? "" : try json($0.faults) }, "clips/faults", &writer)
    try write(clips.map(\.frames.count), "clips/frames", &writer)
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  // MARK: Columns

  /// The values in one separately checked piece of a column, at most.
  private static let piece = 1 << 16

  private static func write<Value>(
    _ element: HDF5Reader.Element, _ values: [Value], _ path: String, _ writer: inout HDF5Writer
  ) throws {
    try values.withUnsafeBytes { bytes in
      _ = try writer.write(
        element, path, shape: [values.count],
        layout: values.isEmpty ? nil : .checked(piece: [min(values.count, piece)]),
        values: values.isEmpty ? nil : bytes.baseAddress)
    }
  }

  private static func write(_ values: [Int], _ path: String, _ writer: inout HDF5Writer) throws {
    try write(.int64, values, path, &writer)
  }

  private static func write(_ values: [Double], _ path: String, _ writer: inout HDF5Writer) throws {
    try write(.float64, values, path, &writer)
  }

  private static func write(_ texts: [String], _ path: String, _ writer: inout HDF5Writer) throws {
    var (bytes, ends) = ([UInt8](), [Int]())
    for text in texts {
      bytes += text.utf8
      ends.append(bytes.count)
    }
    try write(.uint8, bytes, path, &writer)
    try write(ends, path + "_ends", &writer)
  }
}

/// What notices that the pixels of a packed frame are not those that were written.
func packedCheck(_ pixels: UnsafeRawBufferPointer) -> Int {
  Int(SHA256.hex(of: pixels).prefix(8), radix: 16)!
}
