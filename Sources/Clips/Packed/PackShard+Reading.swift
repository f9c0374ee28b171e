import Files
import Foundation
import HDF5
import Manifests
import Video

/// A shard that was opened: what it says of its clips, and their pixels.
///
/// The tables are read once through HDF5, each piece with its checksum. Pixels are read from their place in
/// the file, past HDF5 and its lock, by any number of threads at once.
final class OpenShard: Sendable {
  let path: String
  /// The size of the file in bytes.
  let byteCount: Int
  let transforms: [PackedList: PackTransform]
  let clips: [PackedClip]
  private let file: Int32
  /// Where the pixels lie in the file.
  private let pixels: Range<Int>
  // A value a frame.
  private let seconds: [Double]
  private let sizes: [(width: UInt32, height: UInt32)]
  private let checks: [UInt32]

  /// Opens a shard and reads its tables.
  /// - Throws: `PackError`.
  init(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard file >= 0 else { throw PackError.failed(path: path, reason: systemWords(errno)) }
    do {
      let table = try ShardTable(path, file)
      (self.path, self.file, byteCount, pixels) = (path, file, table.byteCount, table.pixels)
      (transforms, clips) = (table.transforms, table.clips)
      (seconds, sizes, checks) = (table.seconds, table.sizes, table.checks)
    } catch {
      close(file)
      switch error {
      case let failure as HDF5.Failure: throw PackError.damaged(path: path, reason: failure.description)
      case let refusal as HDF5Reader.Refusal: throw PackError.damaged(path: path, reason: refusal.reason)
      default: throw error
      }
    }
  }

  deinit { close(file) }

  /// The stored pictures of a clip that are shown at some ascending times.
  ///
  /// - Parameter times: such as the clip was packed for; the frame shown is chosen as from a file.
  /// - Throws: `BadClip` where reading the file would, `PackError` when the shard is not what was written.
  func pictures(of clip: PackedClip, _ entry: ClipEntry, at times: [Double], framing: Framing) throws
    -> [Picture]
  {
    var pictures: [Picture] = []
    var (next, place) = (clip.frames.lowerBound, clip.place)
    for time in times {
      let before = next
      while next < clip.frames.upperBound, seconds[next] <= time + VideoReader.timeTolerance {
        if next > clip.frames.lowerBound { place += size(next - 1) }
        next += 1
      }
      // A frame that stays on is read once.
      if let last = pictures.last, next == before {
        pictures.append(last)
        continue
      }
      guard next > clip.frames.lowerBound else {
        throw PackError.damaged(path: path, reason: "\(clip.name.name) has no frame at \(time) s")
      }
      pictures.append(try picture(next - 1, at: place, clip, entry, framing))
    }
    return pictures
  }

  private func size(_ frame: Int) -> Int { 3 * Int(sizes[frame].width) * Int(sizes[frame].height) }

  private func picture(
    _ frame: Int, at place: Int, _ clip: PackedClip, _ entry: ClipEntry, _ framing: Framing
  ) throws -> Picture {
    if let fault = clip.faults?.frames[frame - clip.frames.lowerBound] { throw fault.clip(entry) }
    let (count, width, height) = (size(frame), Int(sizes[frame].width), Int(sizes[frame].height))
    guard width >= framing.width, height >= framing.height else {
      throw PackError.damaged(path: path, reason: "a frame of \(clip.name.name) is too small")
    }
    var read = 0
    let samples = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      read = readAll(UnsafeMutableRawBufferPointer(target), at: pixels.lowerBound + place)
      filled = max(read, 0)
    }
    guard read >= 0 else {
      throw PackError.failed(path: path, reason: systemWords(-read))
    }
    guard read == count, samples.withUnsafeBytes(packedCheck) == Int(checks[frame]) else {
      throw PackError.damaged(path: path, reason: "a frame of \(clip.name.name) is not what was packed")
    }
    return Picture(width: width, height: height, pixels: samples).cropped(to: framing)
  }

  /// Says how many bytes were read, or the negative of the system's error number.
  private func readAll(_ target: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
    do {
      return try Disk.real.readAll(file, into: target, from: place)
    } catch {
      return -Int(error.code)
    }
  }
}

/// The tables of a shard as the file has them, checked.
private struct ShardTable {
  let byteCount: Int
  var transforms: [PackedList: PackTransform] = [:]
  var clips: [PackedClip] = []
  let pixels: Range<Int>
  let seconds: [Double]
  let sizes: [(width: UInt32, height: UInt32)]
  let checks: [UInt32]

  init(_ path: String, _ file: Int32) throws {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      let image = FileImage(mapping: file, count: Int(status.st_size))
    else { throw PackError.failed(path: path, reason: "it cannot be mapped") }
    byteCount = image.count
    let columns = ShardColumns(
      try HDF5Reader(image, elements: [.uint8, .float64, .int64], anyAttributes: false))
    guard columns.reader.attributes["packFormat"] == .integer(PackShard.version) else {
      throw PackError.damaged(path: path, reason: "it is not of version \(PackShard.version) of the format")
    }
    for list in PackedList.allCases {
      guard case .text(let text) = columns.reader.attributes["transform_\(list.rawValue)"] else { continue }
      transforms[list] = try columns.json(text)
    }
    pixels = try columns.reader.place(of: "pixels") ?? 0..<0
    seconds = try columns.doubles("frames/seconds")
    let (widths, heights) = (try columns.integers("frames/width"), try columns.integers("frames/height"))
    let checks = try columns.integers("frames/check")
    guard widths.count == seconds.count, heights.count == seconds.count, checks.count == seconds.count,
      (widths + heights).allSatisfy({ (0..<1 << 24).contains($0) }),
      checks.allSatisfy({ UInt32(exactly: $0) != nil })
    else { throw columns.disorder }
    sizes = zip(widths, heights).map { (UInt32($0), UInt32($1)) }
    self.checks = checks.map { UInt32($0) }
    clips = try columns.clips(sizes: sizes, pixels: pixels.count)
  }
}

extension ShardColumns {
  fileprivate func clips(sizes: [(width: UInt32, height: UInt32)], pixels: Int) throws -> [PackedClip] {
    let (names, lists, starts) = (
      try texts("clips/name"), try texts("clips/list"), try doubles("clips/start")
    )
    let (ends, bytes, modified) = (
      try doubles("clips/end"), try integers("clips/bytes"), try integers("clips/modified")
    )
    let (digests, faults, counts) = (
      try texts("clips/sha256"), try texts("clips/faults"), try integers("clips/frames")
    )
    let (seconds, widths, heights) = (
      try doubles("clips/seconds"), try integers("clips/width"), try integers("clips/height")
    )
    let lengths = [
      lists.count, starts.count, ends.count, bytes.count, modified.count, digests.count, faults.count,
      counts.count, seconds.count, widths.count, heights.count,
    ]
    guard lengths.allSatisfy({ $0 == names.count }) else { throw disorder }
    var (frame, place) = (0, 0)
    let clips = try names.indices.map { index in
      guard let list = PackedList(rawValue: lists[index]), counts[index] >= 0,
        counts[index] <= sizes.count - frame
      else { throw disorder }
      let hasFacts = seconds[index].isFinite && widths[index] > 0 && heights[index] > 0
      let frames = frame..<frame + counts[index]
      defer {
        frame = frames.upperBound
        place += frames.reduce(0) { $0 + 3 * Int(sizes[$1].width) * Int(sizes[$1].height) }
      }
      return PackedClip(
        name: PackedName(
          list: list, name: names[index], start: starts[index].isNaN ? nil : starts[index],
          end: ends[index].isNaN ? nil : ends[index]),
        bytes: bytes[index], modified: modified[index], sha256: digests[index],
        facts: hasFacts
          ? ClipFacts(seconds: seconds[index], width: widths[index], height: heights[index]) : nil,
        faults: faults[index].isEmpty ? nil : try json(faults[index]) as PackedFaults,
        frames: frames, place: place)
    }
    guard frame == sizes.count, place == pixels else { throw disorder }
    return clips
  }
}
