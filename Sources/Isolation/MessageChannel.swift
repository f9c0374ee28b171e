import CSeccomp
import Foundation

/// Messages between two processes over a socket: an instruction in JSON, then bytes, and with it an open file perhaps.
///
/// The other side is taken to be hostile: lengths are bounded before memory is taken for them, no call waits for ever, and
/// the side that asks takes no open files from the one that answers. What it throws is `Failure`.
package final class MessageChannel: @unchecked Sendable {
  /// Why no message came, or none could be sent.
  package enum Failure: Error {
    /// The other process has ended, or closed its end.
    case ended
    case tookTooLong
    /// What came is no message.
    case nonsense(String)
  }

  /// A message whose bytes are still to be received.
  package struct Head {
    package let json: [UInt8]
    package let byteCount: Int
    /// An open file that came with it, which is the receiver's to close.
    package let descriptor: Int32?
  }

  /// Seconds after which the side that asks gives up sending to a process that reads nothing.
  private static let sendPatience = 30

  let socket: Int32
  private let takesFiles: Bool

  /// - Parameters:
  ///   - socket: one end of a connected pair, which is closed with the channel.
  ///   - takesFiles: whether open files that come with messages are taken; the side that does also waits for ever.
  init(socket: Int32, takesFiles: Bool) {
    (self.socket, self.takesFiles) = (socket, takesFiles)
    guard !takesFiles else { return }
    var limit = timeval(tv_sec: Self.sendPatience, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  /// Sends a message, whose bytes are to be sent next.
  package func send(_ message: some Encodable, byteCount: Int = 0, descriptor: Int32? = nil) throws {
    guard let json = try? Self.encoder.encode(message) else { throw Failure.nonsense("what was to be sent") }
    let counts = [UInt64(json.count), UInt64(byteCount)]
    try counts.withUnsafeBytes { try sendBytes($0, descriptor: descriptor) }
    try json.withUnsafeBytes { try sendBytes($0) }
  }

  /// Sends bytes of a message.
  package func sendBytes(_ bytes: UnsafeRawBufferPointer, descriptor: Int32? = nil) throws {
    var (rest, file) = (bytes[...], descriptor ?? -1)
    while !rest.isEmpty {
      let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress!
      let count = send_with_descriptor(socket, start, rest.count, file)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { throw Failure.tookTooLong }
      guard count > 0 else { throw Failure.ended }
      (rest, file) = (rest.dropFirst(count), -1)
    }
  }

  /// The next message, without its bytes.
  /// - Parameters:
  ///   - seconds: how long to wait for each part of it; nil for ever.
  ///   - mostJSON: the most bytes that its instruction may have: reading them takes a multiple of that in memory.
  package func receive(within seconds: Double? = nil, mostJSON: Int = 1 << 20) throws -> Head {
    var (counts, descriptor) = ([UInt64](repeating: 0, count: 2), Int32(-1))
    try counts.withUnsafeMutableBytes { head in
      guard takesFiles else { return try fill(head, within: seconds) }
      while true {
        let count = receive_with_descriptor(socket, head.baseAddress!, head.count, &descriptor)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw Failure.ended }
        return try fill(UnsafeMutableRawBufferPointer(rebasing: head[count...]), within: seconds)
      }
    }
    guard counts[0] <= UInt64(mostJSON), let byteCount = Int(exactly: counts[1]) else {
      throw Failure.nonsense("a message of \(counts[0]) and \(counts[1]) bytes")
    }
    var json = [UInt8](repeating: 0, count: Int(counts[0]))
    try json.withUnsafeMutableBytes { json in try fill(json, within: seconds) }
    return Head(json: json, byteCount: byteCount, descriptor: descriptor >= 0 ? descriptor : nil)
  }

  /// Receives bytes of a message until a buffer is full.
  package func fill(_ buffer: UnsafeMutableRawBufferPointer, within seconds: Double? = nil) throws {
    var (rest, patience) = (buffer[...], seconds)
    while !rest.isEmpty {
      if patience != nil { try wait(&patience!) }
      let count = read(socket, UnsafeMutableRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure.ended }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits for bytes. Time counts only while this process runs: one that is stopped for a while, and the other with it, would
  /// else be told of an answer that came too late.
  private func wait(_ patience: inout Double) throws {
    while true {
      let slice = min(patience, 0.5)
      let begun = ContinuousClock.now
      var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      let count = poll(&ready, 1, Int32((slice * 1000).rounded(.up)))
      if count > 0 { return }
      if count < 0 && errno != EINTR { throw Failure.ended }
      patience -= min((.now - begun) / .seconds(1), 0.6)
      if patience <= 0 { throw Failure.tookTooLong }
    }
  }

  /// What a message says.
  package static func decode<Message: Decodable>(_ type: Message.Type, _ json: [UInt8]) throws -> Message {
    guard let message = try? decoder.decode(type, from: Data(json)) else {
      throw Failure.nonsense("a message that says something else")
    }
    return message
  }

  /// Broken clips have times that are not numbers.
  private static let words = (positive: "infinity", negative: "-infinity", nan: "nan")

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: words.positive, negativeInfinity: words.negative, nan: words.nan)
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: words.positive, negativeInfinity: words.negative, nan: words.nan)
    return decoder
  }
}
