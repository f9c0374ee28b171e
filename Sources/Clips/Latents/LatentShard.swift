import Foundation
import HDF5
import Tensors

/// The layout of a shard: an HDF5 file of the latents of some clips, in columns.
///
/// `values` has a row for each clip that could be read, z·f·h·w numbers: float32, or the two bytes of a bfloat16, the lower
/// one first. `clips/…` have a value a clip; texts lie one after the other in a dataset of bytes beside one of their ends.
enum LatentShard {
  /// The version of the layout written here, and the only one that is read.
  static let version = 1

  /// Builds a shard in memory.
  static func image(
    of contents: [LatentContent], _ key: LatentKey, _ precision: Precision
  ) throws -> FileImage {
    let rows = contents.filter { !$0.values.isEmpty }
    var place: Int?
    let image = try HDF5Writer.image(expecting: rows.count * key.count * precision.bytes) { writer in
      try writer.write(.integer(version), attribute: "latentFormat")
      try writer.write(.text(ShardColumns.json(key.transform)), attribute: "transform")
      try writer.write(.text(key.weightsHash), attribute: "weightsHash")
      try writer.write(.text(ShardColumns.json(key.shape)), attribute: "shape")
      try writer.write(.text(precision.rawValue), attribute: "precision")
      try writeClips(contents, &writer)
      if !rows.isEmpty {
        let shape = [rows.count, key.count]
        place = try writer.write(
          precision == .float32 ? .float32 : .uint8, "values",
          shape: precision == .float32 ? shape : shape + [2], layout: .plain, values: nil)
      }
    }
    if var place {
      for content in rows {
        content.values.withUnsafeBytes { image.bytes[place..<place + $0.count].copyBytes(from: $0) }
        place += content.values.count
      }
    }
    return image
  }

  private static func writeClips(_ clips: [LatentContent], _ writer: inout HDF5Writer) throws {
    var next = 0
    let rows = clips.map { clip in
      guard !clip.values.isEmpty else { return -1 }
      defer { next += 1 }
      return next
    }
    try writer.write(clips.map(\.name.name), "clips/name")
    try writer.write(clips.map(\.name.list.rawValue), "clips/list")
    try writer.write(clips.map { $0.name.start ?? .nan }, "clips/start")
    try writer.write(clips.map { $0.name.end ?? .nan }, "clips/end")
    try writer.write(clips.map(\.bytes), "clips/bytes")
    try writer.write(clips.map(\.modified), "clips/modified")
    try writer.write(clips.map(\.sha256), "clips/sha256")
    try writer.write(clips.map { $0.faults.isEmpty ? "" : try ShardColumns.json($0.faults) }, "clips/faults")
    try writer.write(rows, "clips/row")
    try writer.write(clips.map { $0.values.withUnsafeBytes(packedCheck) }, "clips/check")
  }
}
