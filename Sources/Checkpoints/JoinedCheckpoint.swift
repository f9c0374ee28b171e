import Files
import Foundation

/// One checkpoint of several files, whose tensors are put together again of the pieces that each file holds.
struct JoinedCheckpoint: CheckpointStorage {
  /// A file of it.
  struct File {
    let path: String
    let contents: any CheckpointStorage
  }

  let attributes: [String: Attribute]
  let shapes: [String: [String: [Int]]]
  let digest: String?
  private let files: [File]
  private let places: TensorPlaces

  /// - Parameter files: all of them; the first one's attributes are the checkpoint's.
  /// - Throws: `CheckpointError.refused` when they make no whole tensors.
  init(_ files: [File]) throws {
    let stretches = try files.map { try PieceList.stretches(of: $0.contents, path: $0.path) }
    do throws(TensorPlaces.Misfit) {
      places = try TensorPlaces(stretches)
    } catch {
      throw CheckpointError.refused(path: files[0].path, reason: error.reason)
    }
    self.files = files
    shapes = places.tensors.mapValues { $0.mapValues(\.shape) }
    attributes = files[0].contents.attributes.filter { !FormatAttribute.all.contains($0.key) }
    digest = files[0].contents.digest
  }

  func read(
    _ name: String, in group: String, into target: UnsafeMutableBufferPointer<Float>, path: String
  ) throws {
    guard let tensor = places.tensors[group]?[name] else {
      preconditionFailure("there is no \(group)/\(name)")
    }
    for (file, range) in tensor.stretches {
      let file = files[file]
      try file.contents.read(
        name, in: group, into: UnsafeMutableBufferPointer(rebasing: target[range]), path: file.path)
    }
  }
}

extension CheckpointFile {
  /// The checkpoint whose first file, at `path`, names other parts beside it.
  static func join(
    _ first: any CheckpointStorage, _ parts: [PartReference], path: String, isolate: Bool
  ) throws -> LoadedCheckpoint {
    let paths = parts.map { folder(of: path) + "/" + $0.name.text }
    try requireRoom(for: ([path] + paths).reduce(0) { saturatingSum($0, byteCount(of: $1)) }, path)
    var files = [JoinedCheckpoint.File(path: path, contents: first)]
    for (part, place) in zip(parts, paths) {
      files.append(.init(path: place, contents: try read(part, at: place, of: path, isolate: isolate)))
    }
    return LoadedCheckpoint(path: path, parts: parts.map(\.name), try JoinedCheckpoint(files))
  }

  /// A part, which must be the one that the checkpoint at `path` names.
  private static func read(
    _ part: PartReference, at place: String, of path: String, isolate: Bool
  ) throws -> any CheckpointStorage {
    let contents: any CheckpointStorage
    do {
      contents = try readAlone(place, isolate: isolate)
    } catch CheckpointError.missing {
      throw CheckpointError.damaged(
        path: path,
        reason:
          "its part \(part.name.text) is not there, and a checkpoint in parts is copied with all of its files"
      )
    }
    guard contents.digest == part.digest else {
      throw CheckpointError.damaged(
        path: path,
        reason: contents.digest == nil
          ? "its part \(part.name.text) has no seal"
          : "its part \(part.name.text) is of another save, whose SHA-256 is not the one that it names")
    }
    return contents
  }

  /// The size of a file; 0 when there is none.
  static func byteCount(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func saturatingSum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflows) = a.addingReportingOverflow(b)
    return overflows ? .max : sum
  }
}
