import Files
import Isolation

/// Reads clips for another process, in one that is locked in.
public enum ClipService {
  /// What clips taught that were open before.
  private struct Timings {
    struct Key: Hashable {
      let file: FileIdentity?, offset: Int
    }

    private var known: [Key: ClipTiming] = [:]
    private var room = 64 << 20

    subscript(key: Key) -> ClipTiming? { known[key] }

    mutating func keep(_ timing: ClipTiming, _ key: Key) {
      guard room >= timing.byteCount, known[key] == nil else { return }
      room -= timing.byteCount
      known[key] = timing
    }
  }

  /// Answers requests until there are no more.
  /// - Throws: when the other side is gone, or asks for what makes no sense.
  package static func serve(_ channel: MessageChannel) throws {
    var timings = Timings()
    var open: (reader: VideoReader, key: Timings.Key)?
    while true {
      let head = try channel.receive()
      do {
        switch try MessageChannel.decode(ClipRequest.self, head.json) {
        case .open(let name, let file, let offset, let count, let modified, let limits):
          open = nil
          guard let descriptor = head.descriptor else { throw MessageChannel.Failure.nonsense("no file") }
          let key = Timings.Key(file: file, offset: offset)
          let bytes = ClipBytes(
            descriptor: descriptor, name: name, offset: offset, count: count, modified: modified)
          let reader = try VideoReader(bytes, limits: limits, timing: timings[key])
          open = (reader, key)
          try channel.send(ClipReply.info(reader.info))
        case .close: open = nil
        case .duration:
          let (reader, key) = try unwrap(open)
          timings.keep(try reader.timing(), key)
          try channel.send(ClipReply.duration(reader.shownDuration()))
        case .pictures(let times, let framing):
          let pictures = try unwrap(open).reader.pictures(at: times, framing: framing)
          try send(pictures, to: channel)
        case .damage: try channel.send(ClipReply.damage(unwrap(open).reader.damage.map(ClipTrouble.init)))
        case .luma(let side): try sendLuma(of: unwrap(open).reader, side, channel)
        case .shownFrames(let start, let framing):
          try sendShownFrames(of: unwrap(open).reader, start, framing, channel)
        case .picture, .goOn: throw MessageChannel.Failure.nonsense("an answer to no question")
        }
      } catch let error as VideoError {
        try channel.send(ClipReply.failed(ClipTrouble(error)))
      }
    }
  }

  private static func unwrap<Value>(_ open: Value?) throws -> Value {
    guard let open else { throw MessageChannel.Failure.nonsense("a question about no clip") }
    return open
  }

  private static func send(_ pictures: [Picture], to channel: MessageChannel) throws {
    try channel.send(
      ClipReply.pictures(PictureSizes(pictures)), byteCount: pictures.reduce(0) { $0 + $1.pixels.count })
    for picture in pictures { try picture.pixels.withUnsafeBytes { try channel.sendBytes($0) } }
  }

  private static func sendLuma(of reader: VideoReader, _ side: Int, _ channel: MessageChannel) throws {
    try reader.forEachLuma(side: side) { picture, seconds in
      try channel.send(ClipReply.luma(seconds: seconds), byteCount: picture.samples.count)
      try picture.samples.withUnsafeBytes { try channel.sendBytes($0) }
      guard case .goOn(let goesOn) = try request(channel) else { throw MessageChannel.Failure.ended }
      return goesOn
    }
    try channel.send(ClipReply.end)
  }

  private static func sendShownFrames(
    of reader: VideoReader, _ start: Double, _ framing: Framing, _ channel: MessageChannel
  ) throws {
    try reader.forEachShownFrame(from: start, framing: framing) { seconds, next, picture in
      try channel.send(ClipReply.shownFrame(seconds: seconds, next: next))
      while true {
        switch try request(channel) {
        case .goOn(let goesOn): return goesOn
        case .picture:
          switch Result(catching: { () throws(VideoError) in try picture() }) {
          case .success(let picture): try send([picture], to: channel)
          case .failure(let error): try channel.send(ClipReply.failed(ClipTrouble(error)))
          }
        default: throw MessageChannel.Failure.ended
        }
      }
    }
    try channel.send(ClipReply.end)
  }

  private static func request(_ channel: MessageChannel) throws -> ClipRequest {
    try MessageChannel.decode(ClipRequest.self, channel.receive().json)
  }
}
