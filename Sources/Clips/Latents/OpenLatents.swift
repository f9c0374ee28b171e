import Files
import Foundation
import HDF5
import Manifests
import Tensors
import Video

/// What a shard says of a clip.
struct LatentClip: KeptClip {
  let name: PackedName
  let bytes: Int, modified: Int, sha256: String
  let faults: PackedFaults?
  /// The clip's row of values; nil when it could not be read.
  let row: Int?
  /// The first 32 bits of the SHA-256 of that row.
  let check: Int
}

/// A shard of latents that was opened: what it says of its clips, and their numbers.
///
/// The tables are read once through HDF5, each piece with its checksum. Numbers are read from their place in the file, past
/// HDF5 and its lock, by any number of threads at once.
final class OpenLatents: Sendable {
  let path: String
  /// The size of the file in bytes.
  let byteCount: Int
  let key: LatentKey
  let precision: Precision
  let clips: [LatentClip]
  private let file: Int32
  /// Where the rows begin in the file.
  private let place: Int

  /// Opens a shard and reads its tables.
  /// - Throws: `LatentsError`.
  init(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard file >= 0 else { throw LatentsError.failed(path: path, reason: systemWords(errno)) }
    do {
      let table = try LatentTable(path, file)
      (self.path, self.file, byteCount, place) = (path, file, table.byteCount, table.place)
      (key, precision, clips) = (table.key, table.precision, table.clips)
    } catch {
      close(file)
      switch error {
      case let failure as HDF5.Failure: throw LatentsError.damaged(path: path, reason: failure.description)
      case let refusal as HDF5Reader.Refusal: throw LatentsError.damaged(path: path, reason: refusal.reason)
      default: throw error
      }
    }
  }

  deinit { close(file) }

  /// The latents of a clip that has a row.
  /// - Throws: `LatentsError` when they are not what was written.
  func latents(of clip: LatentClip) throws -> ClipLatents {
    guard let row = clip.row else {
      throw LatentsError.damaged(path: path, reason: "it says nothing of \(clip.name.name)")
    }
    let count = key.count * precision.bytes
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes { readAll($0, at: place + row * count) }
    guard read >= 0 else { throw LatentsError.failed(path: path, reason: systemWords(-read)) }
    guard read == count, bytes.withUnsafeBytes(packedCheck) == clip.check else {
      throw LatentsError.damaged(
        path: path, reason: "the latents of \(clip.name.name) are not what was written")
    }
    return ClipLatents(shape: key.shape, values: bytes.withUnsafeBytes { floats(in: $0) })
  }

  /// Says how many bytes were read, or the negative of the system's error number.
  private func readAll(_ target: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
    do {
      return try Disk.real.readAll(file, into: target, from: place)
    } catch {
      return -Int(error.code)
    }
  }

  private func floats(in bytes: UnsafeRawBufferPointer) -> [Float] {
    (0..<key.count).map { index in
      switch precision {
      case .float32: bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
      case .bfloat16:
        Float(bitPattern: UInt32(bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
      }
    }
  }
}

/// The tables of a shard as the file has them, checked.
private struct LatentTable {
  let byteCount: Int
  let key: LatentKey
  let precision: Precision
  let clips: [LatentClip]
  let place: Int

  init(_ path: String, _ file: Int32) throws {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let image = FileImage(mapping: file, count: Int(status.st_size))
    else { throw LatentsError.failed(path: path, reason: "it cannot be mapped") }
    byteCount = image.count
    let columns = ShardColumns(
      try HDF5Reader(image, elements: [.uint8, .float32, .float64, .int64], anyAttributes: false))
    guard columns.reader.attributes["latentFormat"] == .integer(LatentShard.version) else {
      throw HDF5Reader.Refusal(reason: "it is not of version \(LatentShard.version) of the format")
    }
    func text(_ name: String) throws -> String {
      guard case .text(let text) = columns.reader.attributes[name] else { throw columns.disorder }
      return text
    }
    let shape: [Int] = try columns.json(text("shape"))
    guard shape.count == 4, shape.allSatisfy({ (1..<1 << 24).contains($0) }),
      let precision = Precision(rawValue: try text("precision"))
    else { throw columns.disorder }
    key = LatentKey(
      try columns.json(text("transform")), weightsHash: try text("weightsHash"), shape: shape)
    self.precision = precision
    let place = try columns.reader.place(of: "values") ?? 0..<0
    let rows = columns.reader.datasets["values"]?.shape[0] ?? 0
    guard place.count == rows * key.count * precision.bytes else { throw columns.disorder }
    self.place = place.lowerBound
    clips = try columns.latentClips(rows: rows)
  }
}

extension ShardColumns {
  fileprivate func latentClips(rows: Int) throws -> [LatentClip] {
    let (names, lists, starts) = (
      try texts("clips/name"), try texts("clips/list"), try doubles("clips/start")
    )
    let (ends, bytes, modified) = (
      try doubles("clips/end"), try integers("clips/bytes"), try integers("clips/modified")
    )
    let (digests, faults, places) = (
      try texts("clips/sha256"), try texts("clips/faults"), try integers("clips/row")
    )
    let checks = try integers("clips/check")
    let lengths = [
      lists.count, starts.count, ends.count, bytes.count, modified.count, digests.count, faults.count,
      places.count, checks.count,
    ]
    guard lengths.allSatisfy({ $0 == names.count }) else { throw disorder }
    return try names.indices.map { index in
      guard let list = PackedList(rawValue: lists[index]), places[index] < rows,
        faults[index].isEmpty == (places[index] >= 0)
      else { throw disorder }
      return LatentClip(
        name: PackedName(
          list: list, name: names[index], start: starts[index].isNaN ? nil : starts[index],
          end: ends[index].isNaN ? nil : ends[index]),
        bytes: bytes[index], modified: modified[index], sha256: digests[index],
        faults: faults[index].isEmpty ? nil : try json(faults[index]) as PackedFaults,
        row: places[index] >= 0 ? places[index] : nil, check: checks[index])
    }
  }
}
