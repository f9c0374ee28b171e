import Files
import Glibc
import HDF5
import Isolation
import Synchronization

/// What an isolated process is asked about a checkpoint.
private enum Request: Codable {
  /// Opens the file that comes with this, of so many bytes.
  case open(byteCount: Int)
  case tensor(name: String, group: String)
}

/// What it answers. A tensor's floats come as bytes.
private enum Reply: Codable {
  case opened(attributes: [String: Attribute], shapes: [String: [String: [Int]]], digest: String?)
  case tensor
  case damaged(reason: String)
  case unreadable(reason: String)
  case machine(code: Int32)
  case refused(reason: String)
  case laterFormat(version: Int, known: Int)

  init(_ error: any Error) {
    self =
      switch error {
      case CheckpointError.damaged(_, let reason): .damaged(reason: reason)
      case CheckpointError.unreadable(_, let reason): .unreadable(reason: reason)
      case let error as MachineError: .machine(code: error.code)
      case CheckpointError.refused(_, let reason): .refused(reason: reason)
      case CheckpointError.laterFormat(_, let version, let known):
        .laterFormat(version: version, known: known)
      default: .damaged(reason: "\(error)")
      }
  }

  /// The error about the file at a path; nil when this is none.
  func error(_ path: String) -> (any Error)? {
    switch self {
    case .opened, .tensor: nil
    case .damaged(let reason): CheckpointError.damaged(path: path, reason: reason.printable)
    case .unreadable(let reason): CheckpointError.unreadable(path: path, reason: reason.printable)
    case .machine(let code):
      MachineError(path: path, code: code) ?? CheckpointError.damaged(path: path, reason: systemWords(code))
    case .refused(let reason): CheckpointError.refused(path: path, reason: reason.printable)
    case .laterFormat(let version, let known):
      CheckpointError.laterFormat(path: path, version: version, known: known)
    }
  }
}

/// A checkpoint in a process of its own, which is locked in: HDF5, which has had many flaws, sees the file of a stranger there
/// alone. This side gets names, shapes, attributes and floats.
final class IsolatedCheckpoint: CheckpointStorage, @unchecked Sendable {
  let attributes: [String: Attribute]
  let shapes: [String: [String: [Int]]]
  let digest: String?
  let process: IsolatedProcess
  private let lock = Mutex(())

  /// How long the process may take to answer, in seconds; to open a file, for each gigabyte.
  private static let patience = 60.0

  /// - Parameter descriptor: the open file of `byteCount` bytes.
  /// - Throws: `CheckpointError` about the file at `path`; `MachineError`, `IsolationError`.
  init(_ descriptor: Int32, byteCount: Int, path: String) throws {
    // The file, what unpacking it takes, and what HDF5 keeps of its tree.
    process = try IsolatedProcess.take(.checkpoints, memory: 2 * byteCount + (1 << 30))
    let reply: Reply
    do throws(IsolatedProcess.Failure) {
      try process.send(Request.open(byteCount: byteCount), descriptor: descriptor)
      reply = try process.call(
        within: Self.patience * Double(1 + (byteCount >> 30)), mostJSON: 16 << 20, Reply.self)
    } catch {
      throw Self.trouble(error, path)
    }
    if let error = reply.error(path) { throw error }
    guard case .opened(let attributes, let shapes, let digest) = reply,
      Self.fit(shapes.values.flatMap(\.values), in: byteCount)
    else { throw CheckpointError.damaged(path: path, reason: process.nonsense("something else").reason) }
    (self.attributes, self.shapes, self.digest) = (attributes, shapes, digest)
  }

  func read(
    _ name: String, in group: String, into target: UnsafeMutableBufferPointer<Float>, path: String
  ) throws {
    // One question at a time.
    try lock.withLock { _ in
      let reply: Reply
      do throws(IsolatedProcess.Failure) {
        try process.send(Request.tensor(name: name, group: group))
        let answer = try process.receive(within: Self.patience, Reply.self)
        reply = answer.reply
        if case .tensor = reply {
          let bytes = UnsafeMutableRawBufferPointer(target)
          guard answer.byteCount == bytes.count else { throw process.nonsense("a tensor of another size") }
          return try process.fill(bytes, within: Self.patience)
        }
      } catch {
        throw Self.trouble(error, path)
      }
      throw reply.error(path)
        ?? CheckpointError.damaged(path: path, reason: process.nonsense("something else").reason)
    }
  }

  private static func trouble(_ failure: IsolatedProcess.Failure, _ path: String) -> any Error {
    failure.isMachines
      ? MachineError(path: path, code: ENOMEM)! : CheckpointError.damaged(path: path, reason: failure.reason)
  }

  /// Whether tensors of these shapes can be in a file of so many bytes: packed floats take a 64th at least.
  private static func fit(_ shapes: [[Int]], in byteCount: Int) -> Bool {
    var left = 64 * byteCount
    for shape in shapes {
      var bytes = 4
      for size in shape {
        let (product, overflows) = bytes.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflows else { return false }
        bytes = product
      }
      left -= bytes
      guard shape.count <= 8, left >= 0 else { return false }
    }
    return true
  }
}

/// Reads a checkpoint for another process, in one that is locked in.
public enum CheckpointService {
  /// Answers requests until there are no more.
  /// - Throws: when the other side is gone, or asks for what makes no sense.
  package static func serve(_ channel: MessageChannel) throws {
    var open: CheckpointImage?
    while true {
      let head = try channel.receive()
      do {
        switch try MessageChannel.decode(Request.self, head.json) {
        case .open(let byteCount):
          guard let descriptor = head.descriptor else { throw MessageChannel.Failure.nonsense("no file") }
          defer { close(descriptor) }
          let image = try CheckpointImage(
            CheckpointFile.image(of: descriptor, size: byteCount, path: "it"), path: "it")
          open = image
          try channel.send(
            Reply.opened(attributes: image.attributes, shapes: image.shapes, digest: image.digest))
        case .tensor(let name, let group):
          guard let image = open, let shape = image.shapes[group]?[name] else {
            throw MessageChannel.Failure.nonsense("a question about no tensor")
          }
          try withUnsafeTemporaryAllocation(of: Float.self, capacity: shape.reduce(1, *)) { values in
            try image.read(name, in: group, into: values, path: "it")
            try channel.send(Reply.tensor, byteCount: UnsafeRawBufferPointer(values).count)
            try channel.sendBytes(UnsafeRawBufferPointer(values))
          }
        }
      } catch let failure as MessageChannel.Failure {
        throw failure
      } catch {
        try channel.send(Reply(error))
      }
    }
  }
}
