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
        try writer.write(.text(ShardColumns.json(transform)), attribute: "transform_\(list.rawValue)")
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
    try writer.write(frames.map(\.seconds), "frames/seconds")
    try writer.write(frames.map(\.until), "frames/until")
    try writer.write(frames.map(\.width), "frames/width")
    try writer.write(frames.map(\.height), "frames/height")
    try writer.write(frames.map(\.check), "frames/check")
  }

  private static func writeClips(_ clips: [PackedContent], _ writer: inout HDF5Writer) throws {
    try writer.write(clips.map(\.name.name), "clips/name")
    try writer.write(clips.map(\.name.list.rawValue), "clips/list")
    try writer.write(clips.map { $0.name.start ?? .nan }, "clips/start")
    try writer.write(clips.map { $0.name.end ?? .nan }, "clips/end")
    try writer.write(clips.map(\.bytes), "clips/bytes")
    try writer.write(clips.map(\.modified), "clips/modified")
    try writer.write(clips.map(\.sha256), "clips/sha256")
    try writer.write(clips.map { $0.facts?.seconds ?? .nan }, "clips/seconds")
    try writer.write(clips.map { $0.facts?.width ?? 0 }, "clips/width")
    try writer.write(clips.map { $0.facts?.height ?? 0 }, "clips/height")
    try writer.write(clips.map { $0.faults.isEmpty ? "" : try ShardColumns.json($0.faults) }, "clips/faults")
    try writer.write(clips.map(\.frames.count), "clips/frames")
  }
}

/// What notices that the pixels of a packed frame are not those that were written.
func packedCheck(_ pixels: UnsafeRawBufferPointer) -> Int {
  Int(SHA256.hex(of: pixels).prefix(8), radix: 16)!
}
